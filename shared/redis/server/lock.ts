import { randomUUID } from 'node:crypto';
import { link, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StepError } from '../../domain/failure.ts';
import { fail } from '../../domain/failures/catalogue.ts';
import { redactUrl } from '../client/redact.ts';
import { type LockContent, lockPath, readLockFile, replaceLockFile, writeBeside } from './lock-file.ts';
import { identify, livenessOf, type ProcessIdentity } from './process-identity.ts';

/** A held lock on a data folder. */
export interface FolderLock {
  /** Says where the server answers and which process it is. */
  announce(url: string, server: ProcessIdentity | null): Promise<void>;
  release(): Promise<void>;
}

/** How often the holder touches the file, for watchers that cannot see its process. */
const HEARTBEAT_MS = 2_000;
/** How long a lock of another container or machine must lie still before it counts as left behind. */
const SILENCE_MS = 10_000;

/**
 * Takes the lock of a data folder. A lock whose holder is dead is taken over; `beforeTakeover` gets it first, to end what
 * the dead holder left running. One whose holder cannot be seen (another container, another boot) is watched for 10 s.
 * @throws redis-folder-in-use, saying who has it
 */
export async function acquireLock(
  dir: string,
  options: {
    readonly beforeTakeover: (stale: LockContent) => Promise<void>;
    readonly onLost?: () => void;
    readonly silenceMs?: number;
  },
): Promise<FolderLock> {
  const path = lockPath(dir);
  const content = await ownContent();
  const temporary = await writeBeside(path, content);
  try {
    while (!(await linkIfAbsent(temporary, path))) {
      const stale = await judge(path, options.silenceMs ?? SILENCE_MS);
      if (stale === 'gone') continue;
      if (stale !== 'unreadable') await options.beforeTakeover(stale);
      if (await takeOver(path, temporary, stale)) break;
    }
  } finally {
    await rm(temporary, { force: true });
  }
  return hold(path, content, options.onLost ?? (() => {}));
}

async function ownContent(): Promise<LockContent> {
  const owner = await identify(process.pid);
  if (owner === null) throw new Error('the start time of this process cannot be read');
  return {
    token: randomUUID(),
    owner,
    since: new Date().toISOString(),
    host: hostname(),
    command: redactUrl(process.argv.join(' ')).slice(0, 500),
    url: '',
    server: null,
  };
}

async function linkIfAbsent(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** The lock when its holder is gone; throws when somebody has it. */
async function judge(path: string, silenceMs: number): Promise<LockContent | 'gone' | 'unreadable'> {
  const before = await stat(path).catch(() => null);
  const found = await readLockFile(path);
  if (before === null) return 'gone';
  // Locks appear whole, so one that cannot be read was torn by a power cut: its writer is dead.
  if (found === null) return 'unreadable';
  const liveness = await livenessOf(found.owner);
  if (liveness === 'dead') return found;
  if (liveness === 'unknown') {
    await sleep(silenceMs);
    const after = await stat(path).catch(() => null);
    if (after === null) return 'gone';
    if (after.mtimeMs === before.mtimeMs && after.ino === before.ino) return found;
  }
  throw inUse(path, found);
}

function inUse(path: string, found: LockContent): StepError {
  return fail('redis-folder-in-use', {
    message: `the Redis data folder is in use by process ${found.owner.pid} on ${found.host} since ${found.since}: ${found.command}`,
    seen: path,
  });
}

/**
 * Replaces the stale lock, unless somebody else just did. One claim file per stale lock makes this safe: only its maker may
 * replace that very lock, and looks again before it does.
 */
async function takeOver(path: string, temporary: string, stale: LockContent | 'unreadable'): Promise<boolean> {
  const claim = `${path}.${stale === 'unreadable' ? stale : stale.token}.claim`;
  if (!(await linkIfAbsent(temporary, claim))) {
    const rival = await readLockFile(claim);
    if (rival === null || (await livenessOf(rival.owner)) === 'dead') await rm(claim, { force: true });
    else await sleep(50);
    return false;
  }
  try {
    const now = await readLockFile(path);
    const same = stale === 'unreadable' ? now === null : now?.token === stale.token;
    if (!same) return false;
    const mine = await readLockFile(temporary);
    if (mine !== null) await replaceLockFile(path, mine);
    return true;
  } finally {
    await rm(claim, { force: true });
  }
}

function hold(path: string, first: LockContent, onLost: () => void): FolderLock {
  let content = first;
  const isOurs = async () => (await readLockFile(path))?.token === content.token;
  let misses = 0;
  const beat = setInterval(() => {
    const now = new Date();
    void isOurs().then(ours => {
      misses = ours ? 0 : misses + 1;
      if (ours) utimes(path, now, now).catch(() => {});
      // Twice, as one look may fail for another reason, such as too many open files.
      if (misses < 2) return;
      clearInterval(beat);
      onLost();
    });
  }, HEARTBEAT_MS);
  beat.unref();
  return {
    async announce(url, server) {
      content = { ...content, url, server };
      if (await isOurs()) await replaceLockFile(path, content);
    },
    async release() {
      clearInterval(beat);
      if (await isOurs()) await rm(path, { force: true });
    },
  };
}
