import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Redis } from 'ioredis';
import { Problem } from '../problem.ts';
import type { KnownSecret } from './credentials.ts';

/** How many wrong attempts an address has. */
export interface AttemptLimit {
  /** Default: 10. */
  readonly most?: number;
  /** Default: 1 min. */
  readonly windowMs?: number;
}

/** Log-ins of one person in a minute: each is kept for hours. */
const MOST_LOG_INS = 30;

/** Where attempts are counted for all processes; missing: each process counts for itself. */
export interface AttemptStore {
  readonly redis: Redis;
  /** Begins the keys. */
  readonly prefix: string;
}

type Limiter = ReturnType<FastifyInstance['createRateLimit']>;

/**
 * Counts wrong secrets by address (IPv6: by network). A token cannot be guessed, so a right one is let in always; the password
 * can, so from an address with too many wrong attempts it is not even looked at.
 */
export class Attempts {
  readonly #limiter: Limiter;
  readonly #logIns: Limiter;
  /** One at a time for each address: many at once are as many attempts. */
  readonly #last = new Map<string, Promise<unknown>>();

  /** @param logIns counts log-ins of `request.person` */
  constructor(limiter: Limiter, logIns: Limiter) {
    this.#limiter = limiter;
    this.#logIns = logIns;
  }

  /**
   * Counts a log-in of `request.person`.
   * @throws Problem too-many-attempts
   */
  async logIn(request: FastifyRequest): Promise<void> {
    const limit = await this.#logIns(request);
    if (!limit.isAllowed && limit.isExceeded) throw tooMany('log-ins', limit.ttlInSeconds);
  }

  /**
   * Lets through what was found for a secret that somebody gave.
   * @throws Problem too-many-attempts
   */
  judge(request: FastifyRequest, found: KnownSecret | null): Promise<KnownSecret | null> {
    if (found?.kind === 'token') return Promise.resolve(found);
    const before = this.#last.get(request.ip) ?? Promise.resolve();
    const own = before.catch(() => {}).then(() => this.#count(request, found));
    this.#last.set(request.ip, own);
    const forget = () => void (this.#last.get(request.ip) === own && this.#last.delete(request.ip));
    own.then(forget, forget);
    return own;
  }

  async #count(request: FastifyRequest, found: KnownSecret | null): Promise<KnownSecret | null> {
    const limit = await this.#limiter(request, { increment: found === null });
    if (limit.isAllowed) return found;
    const spent = found === null ? limit.isExceeded : limit.remaining <= 0;
    if (!spent) return found;
    throw tooMany('wrong attempts', limit.ttlInSeconds);
  }
}

function tooMany(what: string, ttlInSeconds: number): Problem {
  const seconds = Math.max(1, ttlInSeconds);
  return new Problem('too-many-attempts', `too many ${what}: try again in ${seconds} s`, [], seconds);
}

/** Adds what {@link Attempts} counts with. */
export async function registerAttempts(
  app: FastifyInstance,
  { most = 10, windowMs = 60_000 }: AttemptLimit,
  store: AttemptStore | null,
): Promise<Attempts> {
  const kept = store && { redis: store.redis, nameSpace: store.prefix };
  await app.register(rateLimit, { global: false, max: most, timeWindow: windowMs, ...kept });
  const byName = ({ person }: FastifyRequest) => `name ${person.name}`;
  const logIns = { max: MOST_LOG_INS, timeWindow: 60_000, keyGenerator: byName };
  return new Attempts(app.createRateLimit(), app.createRateLimit(logIns));
}
