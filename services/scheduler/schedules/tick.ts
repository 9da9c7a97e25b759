import type { Job } from 'bullmq';
import type { ScheduleJob } from '../../../shared/queue/schedule-queue.ts';
import type { ScheduleDeps } from './deps.ts';
import { startDue } from './times.ts';

/**
 * A schedule's time has come: adds the job of the start. The job that woke us may be one of long ago; the start is the
 * last that is due now.
 */
export async function processTick(deps: ScheduleDeps, job: Job<ScheduleJob>): Promise<void> {
  const schedule = await deps.schedules.schedule(job.data.schedule);
  if (!schedule) return;
  const dueMs = startDue(schedule, await deps.schedules.seenMs(schedule.name), deps.clock.now());
  if (dueMs !== null) await deps.scheduleQueue.addStart(schedule.name, dueMs, '');
}
