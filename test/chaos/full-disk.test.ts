import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { chaosWorld, startChaos } from '../helpers/chaos.ts';

const DISK_BYTES = 32 * 1024 * 1024;
const NEEDED_BYTES = 4 * 1024 * 1024;

describe('the disk of Redis is full in mid-rollout', () => {
  it('Redis ends, is started when there is room, and nothing acknowledged is lost', async context => {
    const disk = smallDisk();
    if ('why' in disk) {
      console.log(`no full disk could be tried: ${disk.why}`);
      return context.skip(disk.why);
    }
    const chaos = await startChaos(chaosWorld(2, 1), {
      dir: join(disk.path, 'data'),
      minFreeBytes: NEEDED_BYTES,
      diskIntervalMs: 100,
    });
    const { redis } = chaos;
    await Promise.all([chaos.scheduler(), chaos.worker()]);
    await chaos.event(event => event.type === 'step-started' && event.step === 'upgrade');
    const known = await chaos.store.events(chaos.id);
    const [low, ended] = [redis.next('disk-low'), redis.next('ended')];
    const filler = join(disk.path, 'filler');
    fill(filler, disk.path, NEEDED_BYTES / 2);
    await low;
    fill(filler, disk.path);
    expect(await ended).toMatchObject({ end: { lastLines: expect.anything() as unknown } });
    const restarted = redis.next('restarted');
    rmSync(filler);
    await restarted;
    expect((await chaos.store.events(chaos.id)).slice(0, known.length)).toEqual(known);
    expect(await chaos.verdict()).toEqual([]);
  });
});

/** A file system of its own, in memory; it goes with the test. */
function smallDisk(): { readonly path: string } | { readonly why: string } {
  const path = mkdtempSync(join(tmpdir(), 'nodetide-disk-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', path], { encoding: 'utf8' });
  onTestFinished(() => {
    if (mounted.status === 0) spawnSync('umount', ['--lazy', path]);
    rmdirSync(path);
  });
  if (mounted.status === 0) return { path };
  return { why: `a tmpfs cannot be mounted here: ${mounted.error?.message ?? mounted.stderr.trim()}` };
}

/** Lets the file grow until no more than `leave` bytes are free. */
function fill(file: string, disk: string, leave = 0): void {
  for (const block of [1024 * 1024, 4096]) {
    const { bavail, bsize } = statfsSync(disk);
    const whole = Math.floor((bavail * bsize - leave) / block) * block;
    writeFileSync(file, Buffer.alloc(Math.max(whole, 0)), { flag: 'a' });
  }
}
