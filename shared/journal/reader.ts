import type { Redis } from 'ioredis';
import type { ClusterTimes } from '../domain/durations/times.ts';
import type { RolloutEvent } from '../domain/events.ts';
import type { Plan } from '../domain/plan.ts';
import { unlessAborted } from '../ports/abort.ts';
import type { DurationReader } from '../ports/durations.ts';
import type { EngineProcess, RolloutReader, RolloutSummary } from '../ports/store.ts';
import { readTimes } from './durations.ts';
import type { StoreKeys } from './keys.ts';
import { awaitEvents, readEvents } from './read-events.ts';
import { Summaries } from './summaries.ts';

/** A process not heard of for this long counts as gone. */
const ENGINE_SILENCE_MS = 10_000;
const FOLLOW_BLOCK_MS = 1_000;
/** Plans of thousands of nodes are megabytes each. */
const PLANS_KEPT = 20;

/** What views read; plans never change, so the last ones are kept. */
export class JournalReader implements RolloutReader, DurationReader {
  protected readonly redis: Redis;
  protected readonly keys: StoreKeys;
  readonly #plans = new Map<string, Plan>();
  readonly #summaries: Summaries;

  constructor(redis: Redis, keys: StoreKeys) {
    this.redis = redis;
    this.keys = keys;
    this.#summaries = new Summaries(redis, keys, id => this.plan(id));
  }

  /** The server's clock, ms. */
  async now(): Promise<number> {
    const [seconds, micros] = await this.redis.time();
    return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
  }

  async list(): Promise<RolloutSummary[]> {
    return this.#summaries.list();
  }

  async plan(id: string): Promise<Plan | null> {
    const known = this.#plans.get(id);
    const key = this.keys.rollout(id).plan;
    // Old rollouts are removed, by whichever process.
    if (known && (await this.redis.exists(key)) === 1) return known;
    const text = known ? null : await this.redis.get(key);
    if (text === null) {
      this.#plans.delete(id);
      return null;
    }
    const plan = JSON.parse(text) as Plan;
    this.#plans.set(id, plan);
    for (const oldest of this.#plans.keys()) {
      if (this.#plans.size <= PLANS_KEPT) break;
      this.#plans.delete(oldest);
    }
    return plan;
  }

  async events(id: string, after = '', limit = Number.POSITIVE_INFINITY): Promise<RolloutEvent[]> {
    return readEvents(this.redis, this.keys.rollout(id).journal, after, limit);
  }

  async *follow(id: string, after: string, signal: AbortSignal): AsyncIterable<RolloutEvent> {
    const { journal } = this.keys.rollout(id);
    // A blocked connection can do nothing else.
    const blocked = this.redis.duplicate();
    blocked.on('error', () => {});
    let last = after;
    try {
      while (!signal.aborted) {
        // While Redis is gone a call waits without end, and what was under way then is not even refused by `disconnect`.
        const events = await unlessAborted(awaitEvents(blocked, journal, last, FOLLOW_BLOCK_MS), signal);
        for (const event of events) {
          last = event.id;
          yield event;
        }
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      blocked.disconnect();
    }
  }

  async durations(cluster: string): Promise<ClusterTimes> {
    return readTimes(this.redis, this.keys.durations(cluster));
  }

  async engines(): Promise<EngineProcess[]> {
    const [all, now] = await Promise.all([this.redis.hvals(this.keys.engines), this.now()]);
    const processes = all.map(text => JSON.parse(text) as EngineProcess);
    return processes.filter(process => now - process.seenAtMs < ENGINE_SILENCE_MS);
  }
}
