import { cronerCron } from '../../../shared/cron/croner.ts';
import { FAR_AHEAD_MS, type Schedule, type StartRecord } from '../../../shared/domain/schedule.ts';

/** A start taken up no later than this after its time is not late: jobs have to travel. */
export const ON_TIME_MS = 120_000;

/**
 * The start that should have been taken up by now and was not; of several the last. null: none. `seenMs`: no start due
 * until then counts.
 */
export function startDue(
  { cron, zone }: Pick<Schedule, 'cron' | 'zone'>,
  seenMs: number,
  nowMs: number,
): number | null {
  const lastMs = cronerCron.previous(cron, zone, nowMs);
  const isSeen = lastMs === null || (lastMs <= seenMs && seenMs <= nowMs + FAR_AHEAD_MS);
  return isSeen ? null : lastMs;
}

/** Whether a start was taken up too late, as its schedule sees it. A person's start never is. */
export function isMissed({ catchUpMs }: Pick<Schedule, 'catchUpMs'>, record: StartRecord): boolean {
  return record.by === '' && record.begunAtMs - record.dueMs > Math.max(ON_TIME_MS, catchUpMs);
}
