import type { RedisConnection } from './open-redis.ts';

/** The outbox, and its queue when it is wanted, on a connection that is there. `heard`: takes what the queue reports. */
export async function openNotify(connection: RedisConnection, prefix: string, heard: (error: Error) => void) {
  const [{ RedisOutbox }, { NotifyQueue }] = await Promise.all([
    import('../../../shared/journal/outbox.ts'),
    import('../../../shared/queue/notify-queue.ts'),
  ]);
  return {
    outbox: new RedisOutbox(connection, prefix),
    openQueue: () => new NotifyQueue(connection, prefix, heard),
  };
}
