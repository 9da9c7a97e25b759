import type { ClusterTimes } from '../../shared/domain/durations/times.ts';
import { type Estimate, estimate } from '../../shared/domain/estimate/estimate.ts';
import { type MadeEstimate, madeEstimate } from '../../shared/domain/estimate/made.ts';
import { type Plan, planClusters } from '../../shared/domain/plan.ts';
import type { RolloutStatus } from '../../shared/domain/status.ts';
import type { DurationReader } from '../../shared/ports/durations.ts';
import { estimateWindows } from './windows.ts';

/** What nodes took before, by cluster. */
export type Times = Readonly<Record<string, ClusterTimes>>;

/** What is known of the clusters of a plan. */
export async function readTimes(reader: DurationReader, plan: Plan): Promise<Times> {
  const names = planClusters(plan).map(cluster => cluster.name);
  return Object.fromEntries(await Promise.all(names.map(async name => [name, await reader.durations(name)] as const)));
}

/** What is left of a rollout, or of a plan that has not begun; null: it is over, or about to be. */
export function estimateOf(plan: Plan, status: RolloutStatus | null, times: Times, nowMs: number): Estimate | null {
  return estimate({ plan, status, times, nowMs, windows: estimateWindows });
}

/** What a rollout that is about to be made is reckoned to take: to be given to the store with its plan. */
export async function reckonPlan(reader: DurationReader, plan: Plan, nowMs: number): Promise<MadeEstimate | undefined> {
  const made = estimateOf(plan, null, await readTimes(reader, plan), nowMs);
  return made ? madeEstimate(made) : undefined;
}
