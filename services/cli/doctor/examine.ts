import { setMaxListeners } from 'node:events';
import type { NodeView } from '../../../shared/domain/facts.ts';
import { nodeKey } from '../../../shared/domain/names.ts';
import type { RightsPolicy } from '../../../shared/domain/permissions.ts';
import { type KubernetesTarget, type Plan, type PlanNode, THIS_MACHINE } from '../../../shared/domain/plan.ts';
import type { Clock } from '../../../shared/ports/clock.ts';
import type { ClusterApi } from '../../../shared/ports/cluster.ts';
import type { ClusterConnector, HostConnector } from '../../../shared/ports/connect.ts';
import type { PackageManager } from '../../../shared/ports/packages.ts';
import { checkCluster } from './cluster.ts';
import { endpointFinding } from './endpoint.ts';
import type { DoctorFinding } from './finding.ts';
import { checkHost } from './host.ts';
import { checkMarks, type MarkSubject } from './marks.ts';

/** Hosts asked at the same time. */
const HOSTS_AT_ONCE = 10;
const CLUSTER_LIMIT_MS = 30_000;
const HOST_LIMIT_MS = 60_000;

/** One cluster to look at, with the hosts that are known of it. */
export interface ClusterSubject extends RightsPolicy {
  readonly name: string;
  readonly kubernetes: KubernetesTarget | null;
  readonly nodes: readonly PlanNode[];
  /** What is known of rollouts, and the options of the command that releases nodes; missing: marks are not looked at. */
  readonly marks?: Pick<MarkSubject, 'known' | 'options'>;
}

/** How clusters and hosts are reached. */
export interface Reach {
  readonly clusters: ClusterConnector;
  readonly hosts: HostConnector;
  /** Missing: hosts are not asked which kernel a reboot would start. */
  readonly managers?: readonly PackageManager[];
  readonly clock: Clock;
}

/** Checks a cluster and its hosts; what was found comes in the order of the plan. Never throws. */
export async function examine(
  subject: ClusterSubject,
  profiles: Plan['profiles'],
  reach: Reach,
  stop: AbortSignal,
): Promise<DoctorFinding[]> {
  const api = subject.kubernetes === null ? null : reach.clusters(subject.name, subject.kubernetes);
  const signal = limited(stop, CLUSTER_LIMIT_MS);
  const cluster = api === null ? null : await checkCluster(api, subject, signal);
  const views = new Map(cluster?.nodes?.map(view => [view.name, view]));
  const perHost = await mapLimited(subject.nodes, HOSTS_AT_ONCE, async node => {
    const host = reach.hosts(node, profiles);
    const limit = limited(stop, HOST_LIMIT_MS);
    const where = nodeKey(subject.name, node.name);
    try {
      const way = node.host.profile === THIS_MACHINE ? 'local' : 'SSH';
      return await checkHost(
        { host, where, way, node: views.get(node.name) ?? null, managers: reach.managers ?? [] },
        reach.clock,
        limit,
      );
    } finally {
      await host.close().catch(() => undefined);
    }
  });
  const left =
    api && cluster?.nodes ? await marksOf(subject, api, cluster.nodes, reach, limited(stop, CLUSTER_LIMIT_MS)) : [];
  await api?.close();
  const endpoint = endpointFinding(subject.name, cluster?.endpoint ?? '', subject.nodes, views);
  return [...(cluster?.findings ?? []), ...endpoint, ...left, ...perHost.flat()];
}

async function marksOf(
  { name, leaseNamespace, nodeLease = null, marks }: ClusterSubject,
  api: ClusterApi,
  nodes: readonly NodeView[],
  { clock }: Reach,
  signal: AbortSignal,
): Promise<DoctorFinding[]> {
  if (!marks) return [];
  const policy = { leaseNamespace, nodeLease };
  return checkMarks({ ...marks, api, cluster: name, policy, nowMs: clock.now() }, nodes, signal);
}

/** Many calls listen at the same time, which is no leak. */
function limited(stop: AbortSignal, limitMs: number): AbortSignal {
  const signal = AbortSignal.any([stop, AbortSignal.timeout(limitMs)]);
  setMaxListeners(0, signal);
  return signal;
}

async function mapLimited<T, R>(items: readonly T[], limit: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const lanes = Array.from({ length: Math.min(limit, items.length) }, async () => {
    for (let at = next++; at < items.length; at = next++) results[at] = await work(items[at] as T);
  });
  await Promise.all(lanes);
  return results;
}
