import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import { afterAll, inject } from 'vitest';
import { connectRedis } from '../../shared/redis/client/connect.ts';
import type { ConnectionRole } from '../../shared/redis/client/options.ts';

export { type PrivateRedis, privateRedis } from './redis-private.ts';

/** A test file's corner of the shared Redis. */
export interface TestRedis {
  readonly url: string;
  /** Begins every key of this test file; fits BullMQ's `prefix`. */
  readonly prefix: string;
  /** For the test's own looks. */
  readonly redis: Redis;
  /** A further connection; closed after the file. */
  connect(role?: ConnectionRole): Promise<Redis>;
}

/**
 * A random key prefix on the Redis of this run. After the file's tests its connections are closed and its keys deleted.
 * Call it at the top of a test file or describe: `const store = await testRedis()`.
 */
export async function testRedis(): Promise<TestRedis> {
  const { url, trouble } = inject('redis');
  if (url === '') throw new Error(`no Redis for this test run: ${trouble}`);
  const prefix = `t-${randomBytes(6).toString('hex')}`;
  const open: Redis[] = [];
  const connect = async (role: ConnectionRole = 'worker') => {
    const redis = await connectRedis(url, { role, name: prefix });
    open.push(redis);
    return redis;
  };
  const redis = await connect();
  afterAll(async () => {
    await deleteKeys(redis, prefix);
    for (const each of open) each.disconnect();
  });
  return { url, prefix, redis, connect };
}

async function deleteKeys(redis: Redis, prefix: string): Promise<void> {
  for await (const keys of redis.scanStream({ match: `${prefix}*`, count: 1000 })) {
    if (keys.length > 0) await redis.unlink(keys);
  }
}
