import { randomUUID } from 'node:crypto';
import { DelayedError, type Job, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { NOTIFY_QUEUE, type NotifyJob } from '../../../shared/queue/notify-queue.ts';
import { workerSettings } from '../../../shared/queue/options.ts';
import type { RunningService } from '../../common/running.ts';
import type { SchedulerDeps } from '../deps.ts';
import { drainLane } from '../notify/deliver.ts';
import { type NotifyDeps, type NotifyParts, PACE } from '../notify/deps.ts';
import { Journals } from '../notify/journals.ts';

/** Targets served at once: those that hang must not keep the others from it. */
const LANES_AT_ONCE = 100;
/** Who follows the journals and says nothing for so many looks is followed by another scheduler. */
const LEAD_LOOKS = 5;
/** No delay is longer without a second look. */
const LONGEST_DELAY_MS = 30_000;

/** What it works with besides its parts. */
export type NotifyContext = Pick<SchedulerDeps, 'store' | 'clock' | 'log' | 'queues' | 'signal'>;

/** Tells people of rollouts until `context.signal` aborts and it is stopped. Nothing waits for it. */
export function startNotify(
  context: NotifyContext,
  { pace, ...parts }: NotifyParts,
  connection: Redis,
  jobLockMs?: number,
): RunningService {
  const atOnce = new AbortController();
  const { signal } = context;
  const deps: NotifyDeps = { ...context, ...parts, pace: { ...PACE, ...pace }, signal, atOnce: atOnce.signal };
  const worker = new Worker<NotifyJob>(NOTIFY_QUEUE, (job, token) => processLane(deps, job, token), {
    ...workerSettings(jobLockMs),
    connection,
    prefix: context.queues.prefix,
    ...context.queues.tracing,
    concurrency: LANES_AT_ONCE,
  });
  worker.on('error', context.queues.onError);
  worker.on('failed', (job, error) => {
    if (signal.aborted) return;
    context.log.warn({ job: job?.id, error: error.message }, 'telling a target failed and will be done again');
  });
  const journals = new Journals(deps);
  const token = randomUUID();
  const rounds = keepOn(deps, journals, token);
  return {
    stop: async () => {
      await rounds;
      const late = setTimeout(() => atOnce.abort(new Error('the scheduler stops')), deps.pace.lastWordsMs);
      await Promise.all([worker.close(), lastWords(deps, journals, token).catch(() => {})]);
      // Behind what the worker was in the middle of, more may wait.
      if (!atOnce.signal.aborted) await lastWords(deps, journals, token).catch(() => {});
      clearTimeout(late);
      // The next one need not wait.
      await deps.outbox.lead(token, 1).catch(() => {});
    },
  };
}

async function processLane(deps: NotifyDeps, job: Job<NotifyJob>, token?: string): Promise<void> {
  const again = await drainLane(deps, job.data.lane, deps.signal);
  if (again === null) return;
  await job.moveToDelayed(Date.now() + Math.min(again, LONGEST_DELAY_MS), token);
  throw new DelayedError();
}

async function keepOn(deps: NotifyDeps, journals: Journals, token: string): Promise<void> {
  while (!deps.signal.aborted) {
    await round(deps, journals, token).catch((error: unknown) => {
      deps.log.warn({ error: String(error) }, 'what is to be told could not be read');
    });
    // The sleep ends early when the scheduler stops.
    await deps.clock.sleep(deps.pace.lookMs, deps.signal).catch(() => {});
  }
}

async function round(deps: NotifyDeps, journals: Journals, token: string): Promise<void> {
  if (!(await deps.outbox.lead(token, LEAD_LOOKS * deps.pace.lookMs))) return;
  await journals.look();
  for (const lane of await deps.outbox.lanes()) await deps.notifyQueue.wake(lane);
}

/** A rollout that has just ended is told before the process does, which may be the only one. */
async function lastWords(deps: NotifyDeps, journals: Journals, token: string): Promise<void> {
  if (!(await deps.outbox.lead(token, LEAD_LOOKS * deps.pace.lookMs))) return;
  await journals.look();
  const lanes = await deps.outbox.lanes();
  await Promise.all(lanes.map(lane => drainLane(deps, lane, deps.atOnce)));
}
