import { DelayedError, type Job } from 'bullmq';
import { expect, it } from 'vitest';
import type { SchedulerDeps } from '../../../services/scheduler/deps.ts';
import { lookAgainLater } from '../../../services/scheduler/look-again.ts';

/** Puts a job off for `afterMs`; the counter is `wakeNow` when it is read again. */
async function putOff(afterMs: number, wakeNow: number) {
  const seen = { delayMs: Number.NaN, promoted: false };
  const job = {
    promote: async () => {
      seen.promoted = true;
    },
  } as unknown as Job;
  const queues = {
    delay: async (_: Job, ms: number) => {
      seen.delayMs = ms;
    },
  };
  const deps = { queues, store: { wake: async () => wakeNow } } as unknown as SchedulerDeps;
  await expect(lookAgainLater(deps, job, 'token', 'r1', 7, afterMs)).rejects.toBeInstanceOf(DelayedError);
  return seen;
}

it.each([
  [-5, 0],
  [2_000, 2_000],
  [3_600_000, 30_000],
])('a job put off for %d ms looks again after %d ms: never later than 30 s', async (afterMs, delayMs) => {
  expect(await putOff(afterMs, 7)).toEqual({ delayMs, promoted: false });
});

it('a job whose rollout changed meanwhile looks again at once', async () => {
  expect((await putOff(30_000, 8)).promoted).toBe(true);
});
