import { Queue, type RepeatOptions } from 'bullmq';
import type { Redis } from 'ioredis';
import { cronerCron } from '../cron/croner.ts';
import { TREE_JOB_OPTIONS } from './options.ts';
import type { ErrorListener } from './queues.ts';

/** The queue of schedules. */
export const SCHEDULE_QUEUE = 'schedule';

/** A job of {@link SCHEDULE_QUEUE}: a schedule's time has come, or a start that is to be carried out. */
export type ScheduleJob =
  | { readonly schedule: string }
  | {
      readonly schedule: string;
      readonly dueMs: number;
      /** Empty: the schedule. */
      readonly by: string;
      /** Clusters whose end of work it waits for. */
      readonly waitsFor?: readonly string[];
    };

/** How BullMQ counts repetitions; queue and workers must count alike. */
export const REPEAT_SETTINGS = {
  repeatStrategy: (afterMs: number, { pattern = '', tz = 'UTC' }: RepeatOptions) =>
    cronerCron.next(pattern, tz, afterMs) ?? undefined,
};

/**
 * BullMQ's job schedulers, one a schedule: each keeps one delayed job that stands for the next time. They only wake:
 * which start it is and whether it was begun already is known by the store.
 */
export class ScheduleQueue {
  /** For views. */
  readonly queue: Queue<ScheduleJob>;

  constructor(connection: Redis, prefix: string, onError: ErrorListener) {
    this.queue = new Queue(SCHEDULE_QUEUE, { connection, prefix, settings: REPEAT_SETTINGS });
    this.queue.on('error', onError);
  }

  /**
   * Sees to it that the schedule's next time has its job. One that is as it should be is left alone: BullMQ throws the
   * waiting job away when a job scheduler is set again, also one that is overdue.
   */
  async keep(schedule: { readonly name: string; readonly cron: string; readonly zone: string }): Promise<void> {
    const { name, cron, zone } = schedule;
    const there = await this.queue.getJobScheduler(name);
    if (there?.pattern === cron && there.tz === zone && there.next !== undefined) {
      const next = await this.queue.getJob(`repeat:${name}:${there.next}`);
      if (next) return;
    }
    await this.queue.upsertJobScheduler(
      name,
      { pattern: cron, tz: zone },
      { name: `${name} is due`, data: { schedule: name }, opts: { ...TREE_JOB_OPTIONS, removeOnComplete: true } },
    );
  }

  /** Takes away what belongs to no schedule of `names`. */
  async drop(names: ReadonlySet<string>): Promise<void> {
    for (const { key } of await this.queue.getJobSchedulers()) {
      if (!names.has(key)) await this.queue.removeJobScheduler(key);
    }
  }

  /** Adds the job of a start; one that is there already stays as it is. */
  async addStart(schedule: string, dueMs: number, by: string): Promise<void> {
    const data = { schedule, dueMs, by };
    const opts = { ...TREE_JOB_OPTIONS, jobId: `${schedule}_${dueMs}`, removeOnComplete: true };
    await this.queue.add(`${schedule} starts`, data, opts);
  }

  async close(): Promise<void> {
    await this.queue.close();
  }
}
