import { DelayedError, type Job } from 'bullmq';
import type { StartOutcome, StoredSchedule } from '../../../shared/domain/schedule.ts';
import type { ScheduleJob } from '../../../shared/queue/schedule-queue.ts';
import { scheduledRolloutId } from '../../common/rollout-id.ts';
import { beginStart, type Held } from './begin.ts';
import type { ScheduleDeps } from './deps.ts';
import { holderOf } from './overlap.ts';
import { outcomeDeliveries } from './tell.ts';
import { isMissed } from './times.ts';

/** How often a start that waits looks whether it may begin. */
const LOOK_MS = 5_000;

type StartJob = Extract<ScheduleJob, { dueMs: number }>;

/**
 * Carries out one start. What it is about (schedule and due instant) names its rollout, so that a start which is done
 * twice, or again after a death, ends in the same one.
 */
export async function processStart(deps: ScheduleDeps, job: Job<StartJob>, token?: string): Promise<void> {
  const { schedule: name, dueMs, by, waitsFor = [] } = job.data;
  const claim = await deps.schedules.claim(name, dueMs, by);
  if (claim.kind === 'over') return;
  const { schedule, record } = claim;
  const settle = (outcome: StartOutcome) =>
    deps.schedules.settle(name, dueMs, outcome, outcomeDeliveries(schedule, dueMs, outcome));
  const rollout = scheduledRolloutId(name, dueMs);
  // Somebody died between creating it and saying so.
  if (await deps.store.meta(rollout)) return settle({ kind: 'started', rollout, note: '' });
  if (isMissed(schedule, record)) return settle({ kind: 'missed', note: 'no scheduler was there in time' });
  const before = waitsFor.length > 0 ? await holderOf(deps.store, waitsFor) : null;
  const result: StartOutcome | Held =
    before === null
      ? await beginStart(deps, schedule, record, rollout)
      : { kind: 'held', rollout: before, clusters: waitsFor };
  if (result.kind !== 'held') return settle(result);
  const refused = await mayNotWait(deps, schedule, dueMs, result);
  if (refused !== null) return settle({ kind: 'skipped', note: refused });
  await job.updateData({ ...job.data, waitsFor: result.clusters });
  await job.moveToDelayed(Date.now() + LOOK_MS, token);
  throw new DelayedError();
}

/** Why a start that is held does not wait; null: it does, and that is kept. */
async function mayNotWait(
  deps: ScheduleDeps,
  { name, overlap }: StoredSchedule,
  dueMs: number,
  { rollout }: Held,
): Promise<string | null> {
  if (overlap === 'skip') return `rollout ${rollout} is under way`;
  const waits = await deps.schedules.wait(name, dueMs, `the end of rollout ${rollout}`);
  return waits ? null : `rollout ${rollout} is under way, and an earlier start waits for its end`;
}
