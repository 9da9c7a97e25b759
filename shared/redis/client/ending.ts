import type { Redis, RedisOptions } from 'ioredis';

/**
 * Lets a connection, and each that is made like it, end also when it is told to while it waits before it connects again. ioredis
 * tells of an end only when a stream closes, and then there is none: who waits for it, as BullMQ's workers do when they
 * close, would wait for ever (ioredis 1830, BullMQ 4656).
 */
export function ending(redis: Redis): Redis {
  const disconnect = redis.disconnect.bind(redis);
  const duplicate = redis.duplicate.bind(redis);
  return Object.assign(redis, {
    disconnect(reconnect = false): void {
      const waits = redis.status === 'reconnecting';
      disconnect(reconnect);
      if (reconnect || !waits) return;
      // One that has not connected yet ends at once, and what waits in it is refused; but not what was under way when it was
      // lost, if it was connected in between without becoming ready.
      redis.status = 'wait';
      disconnect();
    },
    duplicate: (override?: Partial<RedisOptions>): Redis => ending(duplicate(override)),
  });
}
