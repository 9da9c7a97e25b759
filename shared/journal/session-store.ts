import type { Redis } from 'ioredis';
import type { KeptSession, SessionStore } from '../ports/access.ts';
import { storeKeys } from './keys.ts';

/** A life is made longer only once this part of it is over: each time costs a write. */
const SPENT = 0.05;

/** Log-ins on Redis: see {@link SessionStore}. */
export class RedisSessionStore implements SessionStore {
  readonly #redis: Redis;
  readonly #keyOf: (key: string) => string;

  constructor(redis: Redis, prefix: string) {
    this.#redis = redis;
    const keys = storeKeys(prefix);
    this.#keyOf = key => keys.session(key);
  }

  async keep(key: string, session: KeptSession, lifeMs: number): Promise<void> {
    await this.#redis.set(this.#keyOf(key), JSON.stringify(session), 'PX', lifeMs);
  }

  async use(key: string, lifeMs: number): Promise<KeptSession | null> {
    const own = this.#keyOf(key);
    const [text, leftMs] = await Promise.all([this.#redis.get(own), this.#redis.pttl(own)]);
    if (text === null) return null;
    if (leftMs < lifeMs * (1 - SPENT)) await this.#redis.pexpire(own, lifeMs);
    return JSON.parse(text) as KeptSession;
  }

  async remove(key: string): Promise<void> {
    await this.#redis.del(this.#keyOf(key));
  }
}
