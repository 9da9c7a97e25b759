import type { Redis } from 'ioredis';
import type { Planner } from '../domain/draft/planner.ts';
import type { PlannerStore } from '../ports/draft-store.ts';

/** A planner that was not heard of for this long counts as gone. */
const SILENCE_MS = 10_000;

/** The schedulers with a fleet file, on Redis: see {@link PlannerStore}. */
export class RedisPlannerStore implements PlannerStore {
  readonly #redis: Redis;
  readonly #key: string;

  constructor(redis: Redis, prefix: string) {
    this.#redis = redis;
    this.#key = `${prefix}:~planners`;
  }

  async planners(): Promise<readonly Planner[]> {
    const [texts, nowMs] = await Promise.all([this.#redis.hvals(this.#key), this.#now()]);
    const all = texts.map(text => JSON.parse(text) as Planner).filter(({ seenAtMs }) => nowMs - seenAtMs < SILENCE_MS);
    return all.sort((a, b) => a.fleetFile.localeCompare(b.fleetFile) || b.seenAtMs - a.seenAtMs);
  }

  async present(planner: Omit<Planner, 'seenAtMs'>): Promise<void> {
    const seenAtMs = await this.#now();
    await this.#redis.hset(this.#key, planner.id, JSON.stringify({ ...planner, seenAtMs }));
    // Those that were killed never take their leave.
    const kept = Object.entries(await this.#redis.hgetall(this.#key));
    const silent = kept.filter(([, text]) => seenAtMs - (JSON.parse(text) as Planner).seenAtMs > 10 * SILENCE_MS);
    if (silent.length > 0) await this.#redis.hdel(this.#key, ...silent.map(([id]) => id));
  }

  async absent(id: string): Promise<void> {
    await this.#redis.hdel(this.#key, id);
  }

  async #now(): Promise<number> {
    const [seconds, micros] = await this.#redis.time();
    return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
  }
}
