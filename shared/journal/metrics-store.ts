import type { Redis } from 'ioredis';
import type { Counted } from '../domain/metrics/count.ts';
import type { CountPosition, MetricsStore, Totals } from '../ports/metrics.ts';
import { type StoreKeys, storeKeys } from './keys.ts';
import { COUNT } from './scripts/count.ts';

const OVER: ReadonlySet<string | null> = new Set(['done', 'aborted']);

/** The totals on Redis: see {@link MetricsStore}. */
export class RedisMetricsStore implements MetricsStore {
  readonly #redis: Redis;
  readonly #keys: StoreKeys;
  readonly #positions: string;
  readonly #totals: string;
  readonly #successes: string;
  /** How rollouts ended: that stays as it is. */
  readonly #ended = new Map<string, string>();

  constructor(redis: Redis, prefix: string) {
    this.#redis = redis;
    this.#keys = storeKeys(prefix);
    this.#positions = `${prefix}:~counted`;
    this.#totals = `${prefix}:~totals`;
    this.#successes = `${prefix}:~successes`;
  }

  async now(): Promise<number> {
    const [seconds, micros] = await this.#redis.time();
    return Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000);
  }

  async rollouts(): Promise<readonly { id: string; state: string }[]> {
    const ids = await this.#redis.zrange(this.#keys.rollouts, '0', '-1');
    const kept = new Set(ids);
    for (const id of this.#ended.keys()) if (!kept.has(id)) this.#ended.delete(id);
    const states = await Promise.all(ids.map(id => this.#state(id)));
    return ids.flatMap((id, at) => (states[at] ? [{ id, state: states[at] }] : [])).reverse();
  }

  async positions(rollouts: readonly string[]): Promise<ReadonlyMap<string, CountPosition>> {
    const all = await this.#redis.hgetall(this.#positions);
    const kept = new Set(rollouts);
    const gone = Object.keys(all).filter(id => !kept.has(id));
    if (gone.length > 0) await this.#forget(gone);
    const known = Object.entries(all).filter(([id]) => kept.has(id));
    return new Map(known.map(([id, text]) => [id, JSON.parse(text) as CountPosition]));
  }

  async count(rollout: string, before: CountPosition | null, last: string, counted: Counted): Promise<boolean> {
    const { state, increments, successes } = counted;
    const keys = [this.#positions, this.#totals, this.#successes, this.#keys.rollouts];
    const next = JSON.stringify({ last, state } satisfies CountPosition);
    const read = before === null ? '' : JSON.stringify(before);
    const more = [JSON.stringify(increments), JSON.stringify(Object.entries(successes))];
    return (await this.#redis.eval(COUNT, keys.length, ...keys, rollout, read, next, ...more)) === 1;
  }

  async totals(): Promise<Totals> {
    const keys = [this.#positions, this.#totals, this.#successes];
    const transaction = this.#redis.multi();
    for (const key of keys) transaction.hgetall(key);
    const answers = (await transaction.exec()) ?? [];
    const [positions = {}, counts = {}, successes = {}] = answers.map(([error, hash]) => {
      if (error) throw error;
      return hash as Record<string, string>;
    });
    const read = Object.entries(positions).map(([id, text]) => [id, JSON.parse(text) as CountPosition] as const);
    return { positions: new Map(read), counts: numbers(counts), successes: numbers(successes) };
  }

  async position(rollout: string): Promise<CountPosition | null> {
    const text = await this.#redis.hget(this.#positions, rollout);
    return text === null ? null : (JSON.parse(text) as CountPosition);
  }

  async holders(): Promise<ReadonlyMap<string, string>> {
    return new Map(Object.entries(await this.#redis.hgetall(this.#keys.holders)));
  }

  async gateHolds(): Promise<readonly { cluster: string; gate: string }[]> {
    const keys = await this.#redis.hkeys(this.#keys.holds);
    return keys.map(key => ({ cluster: key.slice(0, key.indexOf('/')), gate: key.slice(key.indexOf('/') + 1) }));
  }

  async #state(id: string): Promise<string | null> {
    const known = this.#ended.get(id);
    if (known !== undefined) return known;
    const state = await this.#redis.hget(this.#keys.rollout(id).meta, 'state');
    if (state !== null && OVER.has(state)) this.#ended.set(id, state);
    return state;
  }

  /** A rollout that began after the list was read is not gone. */
  async #forget(ids: readonly string[]): Promise<void> {
    const scores = await Promise.all(ids.map(id => this.#redis.zscore(this.#keys.rollouts, id)));
    const gone = ids.filter((_, at) => scores[at] === null);
    if (gone.length > 0) await this.#redis.hdel(this.#positions, ...gone);
  }
}

function numbers(hash: Readonly<Record<string, string>>): ReadonlyMap<string, number> {
  return new Map(Object.entries(hash).map(([field, text]) => [field, Number(text)]));
}
