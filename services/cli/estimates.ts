import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ClusterTimes } from '../../shared/domain/durations/times.ts';
import { type Estimate, estimate } from '../../shared/domain/estimate/estimate.ts';
import { failureOf } from '../../shared/domain/failure.ts';
import { type Plan, planClusters } from '../../shared/domain/plan.ts';
import type { RolloutStatus } from '../../shared/domain/status.ts';
import type { DurationReader } from '../../shared/ports/durations.ts';
import { estimateWindows } from '../common/windows.ts';
import { withSession } from './commands/rollout.ts';
import { redisPlace } from './options.ts';
import type { Wiring } from './wiring.ts';

/** What nodes took before, by cluster. */
export type Times = Readonly<Record<string, ClusterTimes>>;

/** What is known of the clusters of a plan. */
export async function readTimes(reader: DurationReader, plan: Plan): Promise<Times> {
  const names = planClusters(plan).map(cluster => cluster.name);
  return Object.fromEntries(await Promise.all(names.map(async name => [name, await reader.durations(name)] as const)));
}

/**
 * The same from the Redis that the options name, for commands that need none: nothing is made where none is yet, and a
 * Redis that does not answer is told and does no harm.
 */
export async function knownTimes(
  wiring: Wiring,
  options: { readonly redis?: string; readonly data?: string },
  plan: Plan,
): Promise<Times> {
  const place = redisPlace(options, wiring.env);
  if (place.redis === undefined && !existsSync(join(place.data, 'appendonlydir'))) return {};
  try {
    return await withSession(wiring, options, session => readTimes(session.rollouts, plan), { quiet: true });
  } catch (error) {
    wiring.terminal.err(`note: what nodes took before is not known: ${failureOf(error).message}`);
    return {};
  }
}

/** What is left of a rollout, or of a plan that has not begun; null: it is over, or about to be. */
export function estimateOf(plan: Plan, status: RolloutStatus | null, times: Times, nowMs: number): Estimate | null {
  return estimate({ plan, status, times, nowMs, windows: estimateWindows });
}
