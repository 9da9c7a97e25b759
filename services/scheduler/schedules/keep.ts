import type { StoredSchedule } from '../../../shared/domain/schedule.ts';
import type { ScheduleDeps } from './deps.ts';
import { startDue } from './times.ts';

/** BullMQ is given so long to wake us by itself. */
const WAKE_GRACE_MS = 15_000;

/**
 * Compares the schedules with BullMQ's jobs, and mends what differs: a job scheduler that is missing, changed or stuck, a
 * start that nobody was woken for, one whose job was lost. Any number of schedulers may do it at the same time.
 */
export async function keepSchedules(deps: ScheduleDeps): Promise<void> {
  const all = await deps.schedules.schedules();
  await deps.scheduleQueue.drop(new Set(all.map(({ name }) => name)));
  for (const schedule of all) {
    // One that cannot be mended must not keep the others from it.
    await keepSchedule(deps, schedule).catch((error: unknown) => {
      deps.log.warn({ schedule: schedule.name, error: String(error) }, 'a schedule could not be looked after');
    });
  }
}

async function keepSchedule(deps: ScheduleDeps, schedule: StoredSchedule): Promise<void> {
  const { schedules, scheduleQueue } = deps;
  const { name } = schedule;
  await scheduleQueue.keep(schedule);
  const dueMs = startDue(schedule, await schedules.seenMs(name), deps.clock.now() - WAKE_GRACE_MS);
  if (dueMs !== null) await scheduleQueue.addStart(name, dueMs, '');
  for (const record of await schedules.starts(name)) {
    if (record.outcome === null) await scheduleQueue.addStart(name, record.dueMs, record.by);
  }
}
