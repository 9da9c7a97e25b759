import { DelayedError, type Job } from 'bullmq';
import type { SchedulerDeps } from './deps.ts';

/** No job waits longer than this without a second look. */
export const LONGEST_DELAY_MS = 30_000;

/**
 * Puts a tree job off, unless something changed since `wakeBefore` was read: the counter is read again after the job
 * is in the delayed set, so that a change at that very moment is never slept over. Always throws DelayedError.
 */
export async function lookAgainLater(
  deps: Pick<SchedulerDeps, 'store' | 'queues'>,
  job: Job,
  token: string | undefined,
  rollout: string,
  wakeBefore: number,
  afterMs: number,
): Promise<never> {
  const delay = Math.min(Math.max(afterMs, 0), LONGEST_DELAY_MS);
  await deps.queues.delay(job, delay, token);
  const wakeNow = await deps.store.wake(rollout);
  // Promote may find the job already running again: all the better.
  if (wakeNow !== wakeBefore) await job.promote().catch(() => {});
  throw new DelayedError();
}
