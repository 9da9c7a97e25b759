import type { FailureEntry } from './entry.ts';

/** Failures of finding, starting or reaching Redis. */
export const REDIS_FAILURES = {
  'redis-not-found': {
    retryable: false,
    todo: 'Set REDIS_URL, or install redis-server (or valkey-server), or let a Debian or Ubuntu machine reach its package mirror.',
  },
  'redis-folder-in-use': {
    retryable: false,
    todo: 'Use the running one, stop it, or give this one another data folder.',
  },
  'redis-start-failed': { retryable: false, todo: 'Look at the last lines of Redis and mend what they name.' },
  'redis-disk-full': {
    retryable: true,
    todo: 'Free space on the disk of the data folder; Redis then starts by itself.',
  },
  'redis-url-invalid': { retryable: false, todo: 'Correct REDIS_URL; the forms are in docs/redis.md.' },
  'redis-unreachable': { retryable: true, todo: 'Check that the Redis server runs and can be reached from here.' },
  'redis-refused': { retryable: false, todo: 'Change the settings named, or use another server; see docs/redis.md.' },
} as const satisfies Record<string, FailureEntry>;
