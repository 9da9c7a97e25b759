import { quantile } from '../durations/statistics.ts';
import type { ClusterTimes } from '../durations/times.ts';
import type { Estimate } from '../estimate/estimate.ts';
import { type Plan, type PlanCluster, planClusters } from '../plan.ts';
import { resolveAmount } from '../policy.ts';
import type { RolloutStatus } from '../status.ts';
import { STEPS, type StepName } from '../steps.ts';
import { cellOf, type NodeCell } from './cell.ts';
import type { PictureCluster, RolloutPicture } from './picture.ts';

/** What a picture is made from. */
export interface PictureInput {
  /** The server's clock. */
  readonly atMs: number;
  readonly status: RolloutStatus;
  readonly clusters: readonly PictureCluster[];
  readonly estimate: Estimate | null;
}

/** A status as a page shows it. */
export function pictureOf({ atMs, status, clusters, estimate }: PictureInput): RolloutPicture {
  const { nodes, ...rollout } = status;
  const cells: Record<string, NodeCell> = {};
  for (const [key, node] of Object.entries(nodes)) cells[key] = cellOf(node);
  return { atMs, rollout, clusters, estimate, cells };
}

/** What the clusters of a plan add to a picture. `times`: what nodes took before, by cluster. */
export function pictureClusters(plan: Plan, times: Readonly<Record<string, ClusterTimes>>): PictureCluster[] {
  return planClusters(plan).map(cluster => ({
    name: cluster.name,
    maxUnavailable: resolveAmount(cluster.policy.maxUnavailable, cluster.size),
    zone: zoneOf(cluster),
    usualMs: usualMs(times[cluster.name] ?? {}),
  }));
}

/** IANA name of the zone in which the windows of a cluster are read; null: it has neither windows nor freezes. */
export function zoneOf({ policy: { window }, waves }: Pick<PlanCluster, 'policy' | 'waves'>): string | null {
  const rules = [...window.rules, ...waves.flatMap(wave => wave.windows ?? [])];
  return rules[0]?.zone ?? window.freezes[0]?.zone ?? null;
}

/** The median of each step over the nodes that it took any time, of all kinds. */
function usualMs(times: ClusterTimes): PictureCluster['usualMs'] {
  const all = Object.values(times).flat();
  const usual: Partial<Record<StepName, number>> = {};
  for (const step of STEPS) {
    const took = all.flatMap(({ steps }) => steps[step] ?? []);
    if (took.length > 0) usual[step] = quantile(took, 0.5);
  }
  return usual;
}
