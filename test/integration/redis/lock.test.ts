import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { acquireLock } from '../../../shared/redis/server/lock.ts';
import { type LockContent, lockPath, readLockFile } from '../../../shared/redis/server/lock-file.ts';
import { identify } from '../../../shared/redis/server/process-identity.ts';
import { readLock } from '../../../shared/redis/server/running.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'nodetide-lock-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function leaveBehind(change: (owner: LockContent['owner']) => LockContent['owner']): Promise<LockContent> {
  const owner = await identify(process.pid);
  if (owner === null) throw new Error('no identity');
  const lock: LockContent = {
    token: 'left behind',
    owner: change(owner),
    since: '2026-01-02T03:04:05.000Z',
    host: 'there',
    command: 'nodetide up',
    url: 'unix:///left',
    server: null,
  };
  await writeFile(lockPath(dir), JSON.stringify(lock));
  return lock;
}

const unconcerned = { beforeTakeover: () => Promise.resolve() };

const takeEightTimes = () => Promise.allSettled(Array.from({ length: 8 }, () => acquireLock(dir, unconcerned)));

test('a pid that was given to another process does not count', async () => {
  const stale = await leaveBehind(owner => ({ ...owner, startMark: '1' }));
  const seen: LockContent[] = [];
  expect(await readLock(dir)).toBeNull();
  const lock = await acquireLock(dir, { beforeTakeover: async found => void seen.push(found) });
  expect(seen).toEqual([stale]);
  await lock.announce('unix:///mine', null);
  expect(await readLock(dir)).toMatchObject({ url: 'unix:///mine', pid: process.pid });
  await lock.release();
  expect(await readdir(dir)).toEqual([]);
});

test('a lock torn by a power cut is taken over', async () => {
  await writeFile(lockPath(dir), '');
  const lock = await acquireLock(dir, unconcerned);
  await lock.release();
  expect(await readdir(dir)).toEqual([]);
});

test('of many that find the same stale lock one gets the folder', async () => {
  for (let round = 0; round < 20; round++) {
    await leaveBehind(owner => ({ ...owner, startMark: '1' }));
    const tries = await takeEightTimes();
    const won = tries.filter(each => each.status === 'fulfilled');
    expect(won).toHaveLength(1);
    for (const each of tries) {
      if (each.status === 'rejected') expect(each.reason).toMatchObject({ failure: { code: 'redis-folder-in-use' } });
    }
    await won[0]?.value.release();
    expect(await readdir(dir)).toEqual([]);
  }
});

test('one who was slow to judge does not take a folder that was taken over meanwhile', async () => {
  await leaveBehind(owner => ({ ...owner, startMark: '1' }));
  const quick: Awaited<ReturnType<typeof acquireLock>>[] = [];
  const slow = acquireLock(dir, { beforeTakeover: async () => void quick.push(await acquireLock(dir, unconcerned)) });
  await expect(slow).rejects.toMatchObject({ failure: { code: 'redis-folder-in-use' } });
  await quick[0]?.release();
  expect(await readdir(dir)).toEqual([]);
});

test('a taker that died half way does not bar the folder', async () => {
  const stale = await leaveBehind(owner => ({ ...owner, startMark: '1' }));
  const rival = { ...stale, token: 'rival' };
  await writeFile(`${lockPath(dir)}.${stale.token}.claim`, JSON.stringify(rival));
  const lock = await acquireLock(dir, unconcerned);
  await lock.release();
  expect(await readdir(dir)).toEqual([]);
});

test('a holder that cannot be seen from here is left alone while it gives signs of life', async () => {
  await leaveBehind(owner => ({ ...owner, world: 'another container' }));
  const beating = setInterval(() => void utimes(lockPath(dir), new Date(), new Date()), 20);
  await expect(acquireLock(dir, { ...unconcerned, silenceMs: 300 })).rejects.toMatchObject({
    failure: { code: 'redis-folder-in-use', message: expect.stringContaining('on there since 2026-01-02') },
  });
  clearInterval(beating);
  const lock = await acquireLock(dir, { ...unconcerned, silenceMs: 300 });
  await lock.release();
});

test('a holder whose lock was replaced does not remove the new one', async () => {
  const lock = await acquireLock(dir, unconcerned);
  const other = await leaveBehind(owner => owner);
  await lock.announce('unix:///mine', null);
  await lock.release();
  expect(await readLockFile(lockPath(dir))).toEqual(other);
});
