import type { ServiceLog } from './log.ts';

/** A text is said again after this. */
const SAY_AGAIN_MS = 30_000;
const MOST_TEXTS = 100;
/** What connections say while there is no Redis to talk to. */
const GONE = /ECONN|ENOENT|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENOTFOUND|closed|LOADING/i;

/** Says what many connections hear of one Redis. */
export interface RedisTroubles {
  /** Takes the errors of all of them: each text is logged once in 30 s. */
  readonly heard: (error: Error) => void;
  /** A connection is ready: logged when Redis had been gone. */
  readonly ready: () => void;
}

/** One teller for all connections of a process. `now`: ms, any clock. */
export function redisTroubles(log: ServiceLog, now: () => number): RedisTroubles {
  const saidAtMs = new Map<string, number>();
  let goneSinceMs: number | null = null;
  return {
    heard(error) {
      const atMs = now();
      if (GONE.test(error.message)) goneSinceMs ??= atMs;
      const before = saidAtMs.get(error.message);
      if (before !== undefined && atMs - before < SAY_AGAIN_MS) return;
      if (saidAtMs.size >= MOST_TEXTS) saidAtMs.clear();
      saidAtMs.set(error.message, atMs);
      log.warn({ error: error.message }, 'trouble with Redis');
    },
    ready() {
      if (goneSinceMs === null) return;
      log.warn({}, `Redis answers again, after ${Math.ceil((now() - goneSinceMs) / 1000)} s`);
      goneSinceMs = null;
      saidAtMs.clear();
    },
  };
}
