import { chmod, mkdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fail } from '../../domain/failures/catalogue.ts';
import { chooseAddress, loopbackAddress, type ServerAddress } from './address.ts';
import type { ServerBinary } from './binary.ts';
import { type ServerChild, startChild } from './child.ts';
import { Keeper } from './keeper.ts';
import { acquireLock, type FolderLock } from './lock.ts';
import type { LockContent } from './lock-file.ts';
import { type CompleteOptions, completeOptions, type EmbeddedOptions } from './options.ts';
import { identify, livenessOf } from './process-identity.ts';
import { serverSettings } from './settings-file.ts';

/** A Redis that lives and dies with this program. */
export interface EmbeddedRedis {
  /** Stays the same over restarts. May hold a password: not for printing. */
  readonly url: string;
  readonly dir: string;
  readonly binary: ServerBinary;
  /** null: it is down just now. */
  pid(): number | null;
  /** SIGTERM, waits for its end, gives the folder back. Once is enough; again is harmless. */
  stop(): Promise<void>;
}

/**
 * Starts Redis on its own data folder (append-only log synced at each write, nothing evicted) and keeps it running: one that
 * dies is started again at the same address. It ends with this program, also when that is killed.
 * @throws redis-not-found, redis-folder-in-use, redis-disk-full, redis-start-failed
 */
export async function startEmbeddedRedis(options: EmbeddedOptions): Promise<EmbeddedRedis> {
  const complete = await completeOptions(options);
  const { dir, binary, onEvent } = complete;
  await mkdir(dir, { recursive: true, mode: 0o700 });
  await chmod(dir, 0o700);
  const lock = await acquireLock(dir, {
    beforeTakeover: endOrphan,
    onLost: () => onEvent({ kind: 'lock-lost' }),
  });
  try {
    await requireSpace(complete);
    const first = await firstStart(complete, lock);
    const keeper = new Keeper(complete, first.address, first.child, lock);
    const stop = async () => {
      await keeper.stop();
      await lock.release();
    };
    return { url: first.address.url, dir, binary, pid: () => keeper.pid(), stop };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function requireSpace({ dir, freeBytes, minFreeBytes }: CompleteOptions): Promise<void> {
  const free = await freeBytes(dir);
  if (free >= minFreeBytes) return;
  throw fail('redis-disk-full', {
    message: `only ${free} bytes are free on the disk of ${dir}; Redis is not started below ${minFreeBytes}`,
  });
}

async function firstStart(
  options: CompleteOptions,
  lock: FolderLock,
): Promise<{ address: ServerAddress; child: ServerChild }> {
  let address = await chooseAddress(options.dir);
  for (let attempt = 1; ; attempt++) {
    const child = startChild(options.binary, serverSettings(options.dir, address));
    // Announced before it is ready, so that it is found should this program die meanwhile.
    await lock.announce('', await identify(child.pid));
    if (await child.ready) {
      await lock.announce(address.url, await identify(child.pid));
      return { address, child };
    }
    const end = await child.ended;
    const text = end.lastLines.join('\n');
    // Some shared and network file systems have no sockets; and a port may be taken between our look and its start.
    const badAddress = /unix socket|Address already in use/i.test(text);
    if (!badAddress || attempt === 3) {
      throw fail('redis-start-failed', { message: `Redis did not start on ${options.dir}`, seen: text });
    }
    address = await loopbackAddress();
  }
}

/** A server whose program was killed ends by itself soon; two on one folder would spoil it. */
async function endOrphan(stale: LockContent): Promise<void> {
  const { server } = stale;
  if (server === null) return;
  for (let waitedMs = 0; (await livenessOf(server)) === 'alive'; waitedMs += 100) {
    if (waitedMs === 0) signal(server.pid, 'SIGTERM');
    if (waitedMs > 10_000) signal(server.pid, 'SIGKILL');
    await sleep(100);
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has just ended.
  }
}
