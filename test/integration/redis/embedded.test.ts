import { readdir, stat, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { connectRedis } from '../../../shared/redis/client/connect.ts';
import { startEmbeddedRedis } from '../../../shared/redis/server/embedded.ts';
import { identify } from '../../../shared/redis/server/process-identity.ts';
import { readLock } from '../../../shared/redis/server/running.ts';
import { privateRedis } from '../../helpers/redis.ts';
import { spawnHolder } from '../../helpers/redis-holder-process.ts';

test('keeps every acknowledged write over kill -9, at the same address', async () => {
  const server = await privateRedis();
  const redis = await server.connect();
  const url = server.url;
  for (let round = 1; round <= 3; round++) {
    await redis.incr('acknowledged');
    await server.kill();
    expect(server.url).toBe(url);
    expect(await redis.get('acknowledged')).toBe(String(round));
  }
  const kinds = server.events.map(event => event.kind);
  expect(kinds).toEqual(['ended', 'restarted', 'ended', 'restarted', 'ended', 'restarted']);
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

test('a second start on the folder says who has it, in this process and in another', async () => {
  const server = await privateRedis();
  await expect(startEmbeddedRedis({ dir: server.dir })).rejects.toMatchObject({
    failure: {
      code: 'redis-folder-in-use',
      message: expect.stringMatching(new RegExp(`process ${process.pid} on .* since 20.*vitest`)),
    },
  });
  const other = spawnHolder(server.dir);
  expect(await other.ended).not.toBe(0);
  expect(other.output()).toContain(`in use by process ${process.pid}`);
  // And it was left alone.
  expect(await (await server.connect()).ping()).toBe('PONG');
});

test('after stop nobody has the folder, and it can be started again with its data', async () => {
  const server = await privateRedis();
  await (await server.connect()).set('kept', 'yes');
  expect(await readLock(server.dir)).toMatchObject({ pid: process.pid, url: server.url });
  await server.stop();
  expect(await readLock(server.dir)).toBeNull();
  const again = await privateRedis({ dir: server.dir });
  expect(await (await again.connect()).get('kept')).toBe('yes');
});

test('killed with -9, the program takes its server along, and the next start has all data', async () => {
  const first = await privateRedis();
  await first.stop();
  const holder = spawnHolder(first.dir);
  const { serverPid } = await holder.ready;
  expect(await readLock(first.dir)).toMatchObject({ pid: holder.pid });
  process.kill(holder.pid, 'SIGKILL');
  await holder.ended;
  // Ends by itself, nobody takes the folder over.
  await expect.poll(() => identify(serverPid), { timeout: 20_000 }).toBeNull();
  expect(await readLock(first.dir)).toBeNull();
});

test('a start right after kill -9 waits for the orphan to end and takes over', async () => {
  const empty = await privateRedis();
  await empty.stop();
  const holder = spawnHolder(empty.dir);
  const { url, serverPid } = await holder.ready;
  const redis = await connectRedis(url, { role: 'worker' });
  await redis.set('acknowledged', 'yes');
  redis.disconnect();
  process.kill(holder.pid, 'SIGKILL');
  await holder.ended;
  const next = await privateRedis({ dir: empty.dir });
  expect(await identify(serverPid)).toBeNull();
  expect(await (await next.connect()).get('acknowledged')).toBe('yes');
});

test('in a folder too deep for a socket it listens on loopback, with a password', async () => {
  const base = await privateRedis();
  const deep = await privateRedis({ dir: `${base.dir}/${'d'.repeat(100)}` });
  expect(deep.url).toMatch(/^redis:\/\/:[0-9a-f]{64}@127\.0\.0\.1:\d+$/);
  const redis = await deep.connect();
  await redis.set('a', '1');
  await deep.kill();
  expect(await redis.get('a')).toBe('1');
});

test('a full disk: not started at first, and not again before there is room', async () => {
  let free = 10;
  const freeBytes = () => Promise.resolve(free);
  await expect(privateRedis({ freeBytes })).rejects.toMatchObject({ failure: { code: 'redis-disk-full' } });
  free = 1e9;
  const server = await privateRedis({ freeBytes, minFreeBytes: 1e6, diskIntervalMs: 20 });
  const redis = await server.connect();
  free = 0;
  await server.next('disk-low');
  const waits = server.next('disk-low');
  server.signal('SIGKILL');
  expect(await waits).toMatchObject({ waiting: true, freeBytes: 0, neededBytes: 1e6 });
  expect(server.server.pid()).toBeNull();
  const restarted = server.next('restarted');
  free = 1e9;
  await restarted;
  expect(await redis.ping()).toBe('PONG');
});

test('settings it cannot start with are told in its own words', async () => {
  const server = await privateRedis();
  await (await server.connect()).set('a', '1');
  await server.stop();
  const folder = `${server.dir}/appendonlydir`;
  const log = (await readdir(folder)).find(name => name.endsWith('.incr.aof')) ?? '';
  await writeFile(`${folder}/${log}`, 'no log of Redis at all, whatever one may think');
  await expect(startEmbeddedRedis({ dir: server.dir })).rejects.toMatchObject({
    failure: { code: 'redis-start-failed', seen: expect.stringContaining('Bad file format') },
  });
  expect(await readLock(server.dir)).toBeNull();
});
