import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KubernetesObject } from '@kubernetes/client-node';
import { parseAllDocuments } from 'yaml';
import { neededPermissions, type RightsPolicy } from '../../../shared/domain/permissions.ts';
import { openCluster } from '../../../shared/kubernetes/open.ts';
import type { ClusterApi } from '../../../shared/ports/cluster.ts';
import { systemClock } from '../../../shared/telemetry/clock.ts';
import { apiOf, type RealCluster } from './find.ts';

/** A user with exactly the rights of deploy/kubernetes/rbac.yaml. */
export interface LimitedUser {
  readonly api: ClusterApi;
  readonly policy: RightsPolicy;
  /** Deletes what was made for it. */
  remove(): Promise<void>;
}

interface Manifest extends KubernetesObject {
  roleRef?: { kind: string; name: string };
  subjects?: { kind: string; name: string; namespace: string }[];
}

const LIMIT_MS = 30_000;

/**
 * The user of context `NODETIDE_TEST_LIMITED_CONTEXT`, else a ServiceAccount made in the namespace, with roles of names
 * of its own. A text says why there is none: a server that keeps no roles.
 */
export async function limitedUser(cluster: RealCluster, namespace: string): Promise<LimitedUser | string> {
  const context = process.env['NODETIDE_TEST_LIMITED_CONTEXT'];
  if (context === undefined) return serviceAccount(cluster, namespace);
  const api = apiOf(context);
  return { api, policy: policyWith('kube-system'), remove: () => api.close() };
}

function policyWith(leaseNamespace: string): RightsPolicy {
  return { leaseNamespace, deletePods: 'never', nodeLease: null, nodeEvents: true };
}

async function serviceAccount(cluster: RealCluster, namespace: string): Promise<LimitedUser | string> {
  const { CoreV1Api, KubernetesObjectApi } = await import('@kubernetes/client-node');
  const objects = KubernetesObjectApi.makeApiClient(cluster.config);
  const made: KubernetesObject[] = [];
  const remove = async (): Promise<void> => {
    for (const each of made.toReversed()) await objects.delete(each);
  };
  try {
    for (const each of manifestsFor(namespace)) made.push(await objects.create(each));
  } catch (error) {
    await remove();
    return `no roles can be made here: ${String(error).split('\n')[0]}`;
  }
  const core = cluster.config.makeApiClient(CoreV1Api);
  const body = { spec: { audiences: [], expirationSeconds: 3_600 } };
  const asked = await core.createNamespacedServiceAccountToken({ name: 'nodetide', namespace, body });
  const { api, forget } = openAs(cluster, asked.status?.token ?? '');
  const policy = policyWith(namespace);
  await untilAllowed(api, policy);
  return {
    api,
    policy,
    async remove() {
      await api.close();
      forget();
      await remove();
    },
  };
}

/** The manifest, but in this namespace and under names of its own. */
function manifestsFor(namespace: string): Manifest[] {
  const documents = parseAllDocuments(readFileSync('deploy/kubernetes/rbac.yaml', 'utf8'));
  const all = documents.map(document => document.toJS() as Manifest).filter(({ kind }) => kind !== 'Namespace');
  return all.map(each => {
    if (each.kind === 'ServiceAccount') return { ...each, metadata: { name: 'nodetide', namespace } };
    const { name = '', namespace: where } = each.metadata ?? {};
    // Leases go into the test's namespace; Events of Nodes have to be where they are.
    const place = where === undefined ? {} : { namespace: where === 'default' ? where : namespace };
    return {
      ...each,
      metadata: { name: `${namespace}-${name}`, ...place },
      ...(each.roleRef ? { roleRef: { ...each.roleRef, name: `${namespace}-${each.roleRef.name}` } } : {}),
      ...(each.subjects ? { subjects: each.subjects.map(subject => ({ ...subject, namespace })) } : {}),
    };
  });
}

/** The real client with a token, through a kubeconfig of its own. */
function openAs({ config }: RealCluster, token: string): { api: ClusterApi; forget(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'nodetide-limited-'));
  const file = join(folder, 'kubeconfig');
  const cluster = config.getCurrentCluster();
  if (!cluster) throw new Error('the current context has no cluster');
  const { server, skipTLSVerify, caData, caFile } = cluster;
  const trust = {
    ...(skipTLSVerify ? { 'insecure-skip-tls-verify': true } : {}),
    ...(caData === undefined ? {} : { 'certificate-authority-data': caData }),
    ...(caFile === undefined ? {} : { 'certificate-authority': caFile }),
  };
  const name = 'limited';
  const text = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server, ...trust } }],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
  };
  writeFileSync(file, JSON.stringify(text), { mode: 0o600 });
  const api = openCluster(`real-limited-${folder}`, { inCluster: false, kubeconfig: file, context: name });
  return { api, forget: () => rmSync(folder, { recursive: true }) };
}

/** Roles take a moment to be known to the server. */
async function untilAllowed(api: ClusterApi, policy: RightsPolicy): Promise<void> {
  const signal = AbortSignal.timeout(LIMIT_MS);
  for (const permission of neededPermissions(policy)) {
    while (!(await api.canI(permission, signal))) await systemClock.sleep(250, signal);
  }
}
