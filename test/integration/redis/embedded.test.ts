import { stat } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { readLock } from '../../../shared/redis/server/running.ts';
import { privateRedis } from '../../helpers/redis.ts';

test('keeps every acknowledged write over kill -9, at the same address', async () => {
  const server = await privateRedis();
  const redis = await server.connect();
  const url = server.url;
  await redis.set('a', '1');
  await server.kill();
  expect(server.url).toBe(url);
  expect(await redis.get('a')).toBe('1');
});

test('its folder is private and its settings are the careful ones', async () => {
  const server = await privateRedis();
  const redis = await server.connect();
  expect((await stat(server.dir)).mode & 0o777).toBe(0o700);
  expect(await redis.config('GET', 'appendfsync')).toEqual(['appendfsync', 'always']);
  expect(await redis.config('GET', 'appendonly')).toEqual(['appendonly', 'yes']);
  expect(await redis.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
});

test('a saved moment comes back', async () => {
  const server = await privateRedis();
  await (await server.connect()).set('moment', 'older');
  const saved = await server.save();
  await (await server.connect()).set('moment', 'newer');
  await server.restore(saved);
  expect(await (await server.connect()).get('moment')).toBe('older');
});

test('after stop nobody has the folder', async () => {
  const server = await privateRedis();
  expect(await readLock(server.dir)).toMatchObject({ pid: process.pid, url: server.url });
  await server.stop();
  expect(await readLock(server.dir)).toBeNull();
});
