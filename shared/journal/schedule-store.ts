import type { Redis } from 'ioredis';
import type { Delivery } from '../domain/notify/routing.ts';
import type { StartOutcome, StartRecord, StoredSchedule } from '../domain/schedule.ts';
import type { ScheduleStore, StartClaim } from '../ports/schedule-store.ts';
import { outboxBase, outboxItems } from './outbox.ts';
import {
  ADD_SCHEDULE,
  CLAIM_START,
  PUBLISH_SCHEDULES,
  REMOVE_SCHEDULE,
  SETTLE_START,
  WAIT_START,
} from './scripts/schedule.ts';

/** Schedules on Redis: see {@link ScheduleStore}. Keys begin with `prefix`. */
export class RedisScheduleStore implements ScheduleStore {
  readonly #redis: Redis;
  readonly #schedules: string;
  readonly #own: string;
  readonly #outbox: string;

  constructor(redis: Redis, prefix: string) {
    this.#redis = redis;
    this.#schedules = `${prefix}:~schedules`;
    this.#own = `${prefix}:~schedule:`;
    this.#outbox = outboxBase(prefix);
  }

  async schedules(): Promise<StoredSchedule[]> {
    const all = (await this.#redis.hvals(this.#schedules)).map(text => JSON.parse(text) as StoredSchedule);
    return all.sort((a, b) => a.name.localeCompare(b.name));
  }

  async schedule(name: string): Promise<StoredSchedule | null> {
    const text = await this.#redis.hget(this.#schedules, name);
    return text === null ? null : (JSON.parse(text) as StoredSchedule);
  }

  async add(schedule: StoredSchedule): Promise<boolean> {
    return (await this.#run(ADD_SCHEDULE, schedule.name, JSON.stringify(schedule))) === 1;
  }

  async remove(name: string): Promise<boolean> {
    return (await this.#run(REMOVE_SCHEDULE, name)) === 1;
  }

  async publish(fleetFile: string, schedules: readonly StoredSchedule[]): Promise<readonly string[]> {
    const pairs = schedules.flatMap(schedule => [schedule.name, JSON.stringify(schedule)]);
    return (await this.#run(PUBLISH_SCHEDULES, fleetFile, ...pairs)) as string[];
  }

  async claim(name: string, dueMs: number, by: string): Promise<StartClaim> {
    const [schedule, record] = (await this.#run(CLAIM_START, name, String(dueMs), by)) as string[];
    if (schedule === undefined || record === undefined) return { kind: 'over' };
    return { kind: 'open', schedule: JSON.parse(schedule) as StoredSchedule, record: recordOf(record) };
  }

  async wait(name: string, dueMs: number, waitsFor: string): Promise<boolean> {
    return (await this.#run(WAIT_START, name, String(dueMs), waitsFor)) === 1;
  }

  async settle(name: string, dueMs: number, outcome: StartOutcome, deliveries: readonly Delivery[]): Promise<void> {
    await this.#run(SETTLE_START, name, String(dueMs), JSON.stringify(outcome), outboxItems(deliveries));
  }

  async starts(name: string): Promise<StartRecord[]> {
    const texts = await this.#redis.hvals(`${this.#own}${name}:starts`);
    return texts.map(recordOf).sort((a, b) => b.dueMs - a.dueMs);
  }

  async seenMs(name: string): Promise<number> {
    return Number(await this.#redis.hget(`${this.#own}${name}:state`, 'seen'));
  }

  async #run(script: string, ...args: readonly string[]): Promise<unknown> {
    return this.#redis.eval(script, 3, this.#schedules, this.#own, this.#outbox, ...args);
  }
}

function recordOf(text: string): StartRecord {
  return JSON.parse(text) as StartRecord;
}
