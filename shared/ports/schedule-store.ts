import type { Delivery } from '../domain/notify/routing.ts';
import type { StartOutcome, StartRecord, StoredSchedule } from '../domain/schedule.ts';

/** What taking up a start gave. */
export type StartClaim =
  /** It may be carried on, by whoever asks: everything that follows is safe to repeat. */
  | { readonly kind: 'open'; readonly schedule: StoredSchedule; readonly record: StartRecord }
  /** It has its outcome, a later start was taken up before it, or there is no such schedule. */
  | { readonly kind: 'over' };

/** Schedules and their starts. Every write is one atomic script. */
export interface ScheduleStore {
  /** By name. */
  schedules(): Promise<StoredSchedule[]>;
  /** null: there is none. */
  schedule(name: string): Promise<StoredSchedule | null>;
  /** Keeps one that a person adds, whose first start is later than now; false: the name is taken. */
  add(schedule: StoredSchedule): Promise<boolean>;
  /** Forgets it with its starts; false: there is none. */
  remove(name: string): Promise<boolean>;
  /**
   * Makes these the schedules that the fleet file `fleetFile` holds: those of before that are not among them go. Gives
   * the names that are taken by others, which are left out.
   */
  publish(fleetFile: string, schedules: readonly StoredSchedule[]): Promise<readonly string[]>;
  /** Takes a start up, once for each name and `dueMs`; `by` empty: the schedule wants it, and no earlier one any more. */
  claim(name: string, dueMs: number, by: string): Promise<StartClaim>;
  /** Lets a start wait; false: another one of this schedule does. */
  wait(name: string, dueMs: number, waitsFor: string): Promise<boolean>;
  /**
   * Says what came of a start, and puts what people are told of it into the outbox. The first word counts, but a rollout that
   * was started always does; of a word that does not count nobody is told.
   */
  settle(name: string, dueMs: number, outcome: StartOutcome, deliveries: readonly Delivery[]): Promise<void>;
  /** The last starts, newest first. */
  starts(name: string): Promise<StartRecord[]>;
  /** No start due until then is begun any more: the last one taken up, or when the schedule was added. */
  seenMs(name: string): Promise<number>;
}
