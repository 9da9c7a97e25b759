import type { connectRedis } from '../../../shared/redis/client/connect.ts';
import type { ConnectionRole } from '../../../shared/redis/client/options.ts';
import type { RedisPlace } from '../wiring.ts';

/** A connection to a Redis. */
export type RedisConnection = Awaited<ReturnType<typeof connectRedis>>;

/** A Redis that answers, and how to get more connections to it. */
export interface OpenRedis {
  /** For people; never holds a password. */
  readonly where: string;
  /** It is a child of this process. */
  readonly own: boolean;
  connect(role: ConnectionRole): Promise<RedisConnection>;
  /** Closes every connection; stops the server if it is our own. */
  close(): Promise<void>;
}

/**
 * Opens the Redis of a place: the one of the URL; else the one another process runs in the folder; else a server of our
 * own there, which ends with us. `say` hears what a person should know.
 * @throws redis-* (see the catalogue of failures)
 */
export async function openRedis(place: RedisPlace, say: (text: string) => void): Promise<OpenRedis> {
  const { redactUrl } = await import('../../../shared/redis/client/redact.ts');
  if (place.redis !== undefined) return checked(place.redis, redactUrl(place.redis), null, say);
  const { readLock } = await import('../../../shared/redis/server/running.ts');
  const running = await readLock(place.data);
  if (running) {
    const where = `in ${place.data}, run by process ${running.pid} on ${running.host}`;
    return checked(running.url, where, null, say);
  }
  const [{ startEmbeddedRedis }, { describeEvent }] = await Promise.all([
    import('../../../shared/redis/server/embedded.ts'),
    import('../../../shared/redis/server/events.ts'),
  ]);
  const server = await startEmbeddedRedis({ dir: place.data, onEvent: event => say(describeEvent(event)) });
  return checked(server.url, `our own in ${place.data}`, server, say);
}

async function checked(
  url: string,
  where: string,
  server: { stop(): Promise<void> } | null,
  say: (text: string) => void,
): Promise<OpenRedis> {
  const { connectRedis } = await import('../../../shared/redis/client/connect.ts');
  const { requireServer } = await import('../../../shared/redis/client/check.ts');
  const open: RedisConnection[] = [];
  const connect = async (role: ConnectionRole): Promise<RedisConnection> => {
    const redis = await connectRedis(url, { role });
    open.push(redis);
    return redis;
  };
  const close = async (): Promise<void> => {
    for (const redis of open) redis.disconnect();
    await server?.stop();
  };
  try {
    for (const warning of await requireServer(await connect('producer'))) say(`Redis: ${warning}`);
    return { where, own: server !== null, connect, close };
  } catch (error) {
    await close();
    throw error;
  }
}
