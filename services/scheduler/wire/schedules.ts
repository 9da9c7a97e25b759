import { type Job, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { workerSettings } from '../../../shared/queue/options.ts';
import { REPEAT_SETTINGS, SCHEDULE_QUEUE, type ScheduleJob } from '../../../shared/queue/schedule-queue.ts';
import type { RunningService } from '../../common/running.ts';
import type { ScheduleDeps } from '../schedules/deps.ts';
import { keepSchedules } from '../schedules/keep.ts';
import { FleetSchedules } from '../schedules/publish.ts';
import { processStart } from '../schedules/start.ts';
import { processTick } from '../schedules/tick.ts';

const KEEP_MS = 5_000;
/** Starts carried out at once; each may ask many hosts. */
const STARTS_AT_ONCE = 5;

/** Looks after the schedules until `deps.signal` aborts and it is stopped. */
export async function startSchedules(
  deps: ScheduleDeps,
  connection: Redis,
  jobLockMs?: number,
): Promise<RunningService> {
  const file = deps.fleetFile === null ? null : new FleetSchedules(deps, deps.fleetFile);
  await round(deps, file);
  const worker = new Worker<ScheduleJob>(SCHEDULE_QUEUE, (job, token) => processJob(deps, job, token), {
    ...workerSettings(jobLockMs),
    connection,
    prefix: deps.queues.prefix,
    ...deps.queues.tracing,
    concurrency: STARTS_AT_ONCE,
    settings: REPEAT_SETTINGS,
  });
  worker.on('error', deps.queues.onError);
  worker.on('failed', (job, error) => {
    if (deps.signal.aborted) return;
    deps.log.warn({ job: job?.id, error: error.message }, 'a start of a schedule failed and will run again');
  });
  const rounds = keepOn(deps, file);
  return {
    stop: async () => {
      await Promise.all([worker.close(), rounds]);
    },
  };
}

async function processJob(deps: ScheduleDeps, job: Job<ScheduleJob>, token?: string): Promise<void> {
  if ('dueMs' in job.data) return processStart(deps, job as Job<typeof job.data>, token);
  return processTick(deps, job);
}

async function keepOn(deps: ScheduleDeps, file: FleetSchedules | null): Promise<void> {
  while (!deps.signal.aborted) {
    // The sleep ends early when the scheduler stops.
    await deps.clock.sleep(KEEP_MS, deps.signal).catch(() => {});
    if (!deps.signal.aborted) await round(deps, file);
  }
}

async function round(deps: ScheduleDeps, file: FleetSchedules | null): Promise<void> {
  await file?.look().catch((error: unknown) => {
    deps.log.warn({ error: String(error) }, 'the fleet file could not be read');
  });
  await keepSchedules(deps).catch((error: unknown) => {
    deps.log.warn({ error: String(error) }, 'the schedules could not be read');
  });
}
