import { randomBytes } from 'node:crypto';
import type { V1PodSpec } from '@kubernetes/client-node';
import { releaseNode } from '../../../services/workers/common/release.ts';
import type { PodView } from '../../../shared/domain/facts.ts';
import type { ClusterApi } from '../../../shared/ports/cluster.ts';
import type { Fence } from '../../../shared/ports/host.ts';
import type { RealCluster } from './find.ts';
import { guarded } from './guard.ts';

const IMAGE = process.env['NODETIDE_TEST_IMAGE'] ?? 'registry.k8s.io/pause:3.10';
const APPEAR_MS = 120_000;

/** A namespace of its own in a real cluster, and the one node its tests work on. */
export interface TestPlace {
  readonly namespace: string;
  readonly node: string;
  /** The client, held back from everything else. */
  readonly api: ClusterApi;
  readonly fence: Fence;
  /** Label that all pods of the place carry, for drains. */
  readonly selector: string;
  /** Makes a Deployment whose pods run on the node. */
  deploy(name: string, replicas: number): Promise<void>;
  daemonSet(name: string): Promise<void>;
  /** Makes a pod without a controller on the node. */
  pod(name: string): Promise<void>;
  budget(name: string, matchLabels: Readonly<Record<string, string>>, maxUnavailable: number | string): Promise<void>;
  removeBudget(name: string): Promise<void>;
  removeLease(namespace: string, name: string): Promise<void>;
  /** Resolves with the place's pods on the node once `wanted` accepts them. */
  podsOnNode(wanted: (pods: readonly PodView[]) => boolean): Promise<PodView[]>;
  /** Gives the node back and deletes everything. */
  leave(): Promise<void>;
}

/** Makes a namespace and takes the first node that may be touched. */
export async function enter(cluster: RealCluster): Promise<TestPlace> {
  const { AppsV1Api, CoordinationV1Api, CoreV1Api, PolicyV1Api } = await import('@kubernetes/client-node');
  const core = cluster.config.makeApiClient(CoreV1Api);
  const apps = cluster.config.makeApiClient(AppsV1Api);
  const policy = cluster.config.makeApiClient(PolicyV1Api);
  const coordination = cluster.config.makeApiClient(CoordinationV1Api);
  const namespace = `nodetide-test-${randomBytes(4).toString('hex')}`;
  const [node = ''] = cluster.nodes;
  const api = guarded(cluster.api, node, namespace);
  const fence: Fence = { installation: namespace, rollout: 'test', node, round: 1, epoch: 1 };
  const labelsOf = (app: string) => ({ app, 'nodetide.io/test-of': namespace });
  const template = (app: string, spec: Partial<V1PodSpec>) => ({
    metadata: { labels: labelsOf(app) },
    spec: { containers: [{ name: 'main', image: IMAGE }], terminationGracePeriodSeconds: 1, ...spec },
  });
  const onNode = { nodeSelector: { 'kubernetes.io/hostname': await hostnameOf(api, node) } };
  await core.createNamespace({ body: { metadata: { name: namespace, labels: { 'nodetide.io/test': 'true' } } } });
  return {
    namespace,
    node,
    api,
    fence,
    selector: `nodetide.io/test-of=${namespace}`,
    async deploy(name, replicas) {
      const spec = { replicas, selector: { matchLabels: { app: name } }, template: template(name, onNode) };
      await apps.createNamespacedDeployment({ namespace, body: { metadata: { name }, spec } });
    },
    async daemonSet(name) {
      const spec = { selector: { matchLabels: { app: name } }, template: template(name, onNode) };
      await apps.createNamespacedDaemonSet({ namespace, body: { metadata: { name }, spec } });
    },
    async pod(name) {
      const { spec } = template(name, { ...onNode, restartPolicy: 'Never' });
      await core.createNamespacedPod({ namespace, body: { metadata: { name, labels: labelsOf(name) }, spec } });
    },
    async budget(name, matchLabels, maxUnavailable) {
      const spec = { selector: { matchLabels }, maxUnavailable };
      await policy.createNamespacedPodDisruptionBudget({ namespace, body: { metadata: { name }, spec } });
    },
    async removeBudget(name) {
      await policy.deleteNamespacedPodDisruptionBudget({ namespace, name });
    },
    async removeLease(where, name) {
      await coordination.deleteNamespacedLease({ namespace: where, name });
    },
    podsOnNode: wanted => seen(api, node, namespace, wanted),
    async leave() {
      await releaseNode(api, { ...fence, epoch: Number.MAX_SAFE_INTEGER }, AbortSignal.timeout(30_000));
      await core.deleteNamespace({ name: namespace });
      await seen(api, node, namespace, pods => pods.length === 0);
    },
  };
}

async function hostnameOf(api: ClusterApi, node: string): Promise<string> {
  const seen = await api.getNode(node, AbortSignal.timeout(30_000));
  return seen?.labels['kubernetes.io/hostname'] ?? node;
}

/** Watches until the namespace's pods on the node are as wanted. */
async function seen(
  api: ClusterApi,
  node: string,
  namespace: string,
  wanted: (pods: readonly PodView[]) => boolean,
): Promise<PodView[]> {
  const end = new AbortController();
  let found: PodView[] | undefined;
  let latest: readonly string[] = [];
  const late = AbortSignal.timeout(APPEAR_MS);
  await api.watchPodsOnNode(
    node,
    all => {
      const pods = all.filter(pod => pod.namespace === namespace);
      latest = pods.map(pod => `${pod.name} ${pod.phase}`);
      if (!wanted(pods)) return;
      found = pods;
      end.abort();
    },
    AbortSignal.any([end.signal, late]),
  );
  if (!found) throw new Error(`not seen within ${APPEAR_MS / 1000} s; the pods on ${node}: ${latest.join(', ')}`);
  return found;
}
