import { cronerCron } from '../../shared/cron/croner.ts';
import type { StartRecord, StoredSchedule } from '../../shared/domain/schedule.ts';
import type { ScheduleStore } from '../../shared/ports/schedule-store.ts';
import type { ScheduleQueue } from '../../shared/queue/schedule-queue.ts';

/** A schedule and how it stands. */
export interface ScheduleSummary {
  readonly schedule: StoredSchedule;
  /** null: none in the next years. */
  readonly nextMs: number | null;
  /** The last ones, newest first. */
  readonly starts: readonly StartRecord[];
}

/** What people ask of schedules. */
export interface Schedules {
  /** By name. */
  list(): Promise<ScheduleSummary[]>;
  /** False: the name is taken. */
  add(schedule: StoredSchedule): Promise<boolean>;
  /** False: there is none. */
  remove(name: string): Promise<boolean>;
  /** Starts it now, whatever its time; false: there is none. */
  runNow(name: string, by: string): Promise<boolean>;
}

/** The same, answered by the store. `now`: the store's clock, ms. */
export function schedulesOf(store: ScheduleStore, queue: ScheduleQueue, now: () => Promise<number>): Schedules {
  return {
    list: async () => {
      const [all, nowMs] = await Promise.all([store.schedules(), now()]);
      return Promise.all(
        all.map(async schedule => ({
          schedule,
          nextMs: cronerCron.next(schedule.cron, schedule.zone, nowMs),
          starts: await store.starts(schedule.name),
        })),
      );
    },
    add: async schedule => {
      if (!(await store.add(schedule))) return false;
      await queue.keep(schedule);
      return true;
    },
    remove: name => store.remove(name),
    runNow: async (name, by) => {
      const dueMs = await now();
      const claim = await store.claim(name, dueMs, by);
      if (claim.kind === 'over') return false;
      await queue.addStart(name, dueMs, by);
      return true;
    },
  };
}
