import type { NodeView } from '../../../shared/domain/facts.ts';
import type { ClusterPolicy } from '../../../shared/domain/policy.ts';
import type { ClusterApi, Permission } from '../../../shared/ports/cluster.ts';
import { clockFinding, type DoctorFinding, findingOf, fine } from './finding.ts';

/** What the checks of one cluster found, and its Nodes; null: they could not be read. */
export interface ClusterCheck {
  readonly findings: readonly DoctorFinding[];
  readonly nodes: readonly NodeView[] | null;
}

/** Whether a policy deletes pods instead of evicting them: none, those that budgets refuse for long, all. */
export type DeletesPods = 'never' | 'refused' | 'always';

/** What a policy puts beside the Nodes themselves. */
export type OnNodes = Partial<Pick<ClusterPolicy, 'nodeLease' | 'nodeEvents'>>;

/** What a rollout does in a cluster. */
export function neededPermissions(
  leaseNamespace: string,
  deletePods: DeletesPods,
  { nodeLease = null, nodeEvents = false }: OnNodes = {},
): Permission[] {
  const of = (group: string, resource: string, verbs: readonly string[], namespace?: string): Permission[] =>
    verbs.map(verb => (namespace === undefined ? { verb, group, resource } : { verb, group, resource, namespace }));
  const leaseNamespaces = new Set([leaseNamespace, nodeLease?.namespace ?? leaseNamespace]);
  return [
    ...of('', 'nodes', ['get', 'list', 'watch', 'patch']),
    ...of('', 'pods', ['get', 'list', 'watch']),
    ...(deletePods === 'never' ? [] : of('', 'pods', ['delete'])),
    ...(deletePods === 'always' ? [] : of('', 'pods/eviction', ['create'])),
    ...of('', 'persistentvolumeclaims', ['get']),
    ...of('apps', 'daemonsets', ['get']),
    ...of('policy', 'poddisruptionbudgets', ['list']),
    ...of('storage.k8s.io', 'volumeattachments', ['list']),
    ...[...leaseNamespaces].flatMap(namespace =>
      of('coordination.k8s.io', 'leases', ['get', 'create', 'update'], namespace),
    ),
    ...(nodeEvents ? of('', 'events', ['create', 'patch'], 'default') : []),
  ];
}

/** Asks a cluster whether it can be reached, what we may do there, what its clock says. Never throws. */
export async function checkCluster(
  api: ClusterApi,
  options: { readonly leaseNamespace: string; readonly deletePods: DeletesPods } & OnNodes,
  signal: AbortSignal,
): Promise<ClusterCheck> {
  const where = api.name;
  const findings: DoctorFinding[] = [];
  try {
    const { version, clockSkewMs } = await api.serverInfo(signal);
    findings.push(fine(where, 'API server', version), clockFinding(where, clockSkewMs));
  } catch (error) {
    return { findings: [findingOf(where, 'API server', error)], nodes: null };
  }
  findings.push(
    await checkPermissions(api, neededPermissions(options.leaseNamespace, options.deletePods, options), signal),
  );
  try {
    const nodes = await api.listNodes(signal);
    findings.push(fine(where, 'nodes', `${nodes.length}, ${nodes.filter(node => node.ready).length} of them Ready`));
    return { findings, nodes };
  } catch (error) {
    return { findings: [...findings, findingOf(where, 'nodes', error)], nodes: null };
  }
}

async function checkPermissions(
  api: ClusterApi,
  needed: readonly Permission[],
  signal: AbortSignal,
): Promise<DoctorFinding> {
  try {
    const answers = await Promise.all(needed.map(permission => api.canI(permission, signal)));
    const missing = needed.filter((_, index) => !answers[index]);
    if (missing.length === 0) return fine(api.name, 'permissions', `all ${needed.length}`);
    const detail = `missing: ${missing.map(describe).join(', ')}`;
    return { verdict: 'failed', where: api.name, check: 'permissions', detail, todo: 'Bind a role that allows them.' };
  } catch (error) {
    return findingOf(api.name, 'permissions', error);
  }
}

function describe({ verb, group, resource, namespace }: Permission): string {
  const what = group === '' ? resource : `${resource}.${group}`;
  return `${verb} ${what}${namespace === undefined ? '' : ` in ${namespace}`}`;
}
