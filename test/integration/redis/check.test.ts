import { expect, test } from 'vitest';
import { checkServer, requireServer } from '../../../shared/redis/client/check.ts';
import { connectRedis } from '../../../shared/redis/client/connect.ts';
import { privateRedis } from '../../helpers/redis.ts';

test('an embedded server passes', async () => {
  const redis = await (await privateRedis()).connect();
  expect(await checkServer(redis)).toMatchObject({ refused: [], warnings: [] });
  expect(await requireServer(redis)).toEqual([]);
});

test('policies are named, and put right by an administrator they pass', async () => {
  const redis = await (await privateRedis()).connect();
  await redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
  await redis.config('SET', 'appendfsync', 'everysec');
  expect(await checkServer(redis)).toMatchObject({
    refused: [expect.stringContaining('allkeys-lru')],
    warnings: [expect.stringContaining('everysec')],
  });
  await expect(requireServer(redis)).rejects.toMatchObject({
    failure: { code: 'redis-refused', message: expect.stringContaining('allkeys-lru') },
  });
  await redis.config('SET', 'maxmemory-policy', 'noeviction');
  await redis.config('SET', 'appendonly', 'no');
  expect(await requireServer(redis)).toEqual([expect.stringContaining('appendonly is off')]);
});

test('a user who may not read the configuration is told what could not be seen', async () => {
  const server = await privateRedis();
  const admin = await server.connect();
  await admin.call('ACL', 'SETUSER', 'limited', 'on', '>secret', '~*', '+@all', '-config');
  const url = server.url.replace('unix://', 'unix://limited:secret@');
  const redis = await connectRedis(url, { role: 'producer' });
  expect(await requireServer(redis)).toEqual([expect.stringContaining('appendfsync cannot be read')]);
  redis.disconnect();
});

test('a replica is refused', async () => {
  const redis = await (await privateRedis()).connect();
  await redis.replicaof('127.0.0.1', '1');
  expect((await checkServer(redis)).refused).toEqual([expect.stringContaining('read-only replica')]);
});
