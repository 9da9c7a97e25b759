import { Redis } from 'ioredis';
import { fail } from '../../domain/failures/catalogue.ts';
import { ending } from './ending.ts';
import { type ConnectionRole, connectionOptions } from './options.ts';
import { redactUrl } from './redact.ts';
import { type RedisSettings, readRedisSettings } from './settings.ts';

/**
 * Connects to a Redis and waits until it answers. The connection then mends itself; give `onError` to hear of troubles.
 * @param where a URL (see `parseRedisUrl`; files and environment are read too), or settings already read
 * @throws redis-url-invalid, redis-unreachable (after `withinMs`, default 10 s; the reason of the last try is in `seen`)
 */
export async function connectRedis(
  where: string | RedisSettings,
  options: {
    readonly role: ConnectionRole;
    /** Shown in CLIENT LIST, with the role. Default nodetide. */
    readonly name?: string;
    readonly onError?: (error: Error) => void;
    readonly withinMs?: number;
  },
): Promise<Redis> {
  const settings = typeof where === 'string' ? await readRedisSettings(where) : where;
  const redis = ending(new Redis(connectionOptions(settings, options.role, options.name)));
  let last = 'no answer';
  redis.on('error', error => {
    last = reasonOf(error);
    options.onError?.(error);
  });
  const { withinMs = 10_000 } = options;
  if (await becomesReady(redis, withinMs)) return redis;
  redis.disconnect();
  throw fail('redis-unreachable', {
    message: `Redis did not answer within ${withinMs} ms: ${typeof where === 'string' ? redactUrl(where) : 'by settings'}`,
    seen: last,
  });
}

function becomesReady(redis: Redis, withinMs: number): Promise<boolean> {
  return new Promise(resolve => {
    const settle = (ready: boolean) => {
      clearTimeout(timer);
      redis.off('ready', onReady).off('error', onError).off('end', onEnd);
      resolve(ready);
    };
    const onReady = () => settle(true);
    const onEnd = () => settle(false);
    // A refused password or certificate stays refused.
    const onError = (error: Error) => {
      if (/^(WRONGPASS|NOAUTH|NOPERM|ERR AUTH|ERR invalid password)/.test(error.message)) settle(false);
    };
    const timer = setTimeout(settle, withinMs, false);
    redis.on('ready', onReady).on('error', onError).on('end', onEnd);
  });
}

/** Node joins the failures of several addresses of one name in an error without a message of its own. */
function reasonOf(error: Error): string {
  if (error instanceof AggregateError) return error.errors.map(String).join('; ');
  return error.message;
}
