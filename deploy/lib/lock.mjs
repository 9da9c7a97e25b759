import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Runs `work` while holding the lock folder `path`; waits for another holder as long as that process lives.
 * A lock left behind by a process that is gone is taken over.
 */
export async function withLock(path, work, waiting = () => {}) {
  let told = false;
  while (!take(path)) {
    const holder = holderOf(path);
    if (holder !== null && !alive(holder)) {
      if (!removeDead(path, holder)) await sleep(100);
      continue;
    }
    if (!told) waiting(holder);
    told = true;
    await sleep(100);
  }
  try {
    return await work();
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}

function take(path) {
  try {
    mkdirSync(path);
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
  writeFileSync(join(path, 'pid'), String(process.pid));
  return true;
}

/** Of several who see the same dead holder only one removes the lock, and only if it is still that holder's. */
function removeDead(path, holder) {
  const right = `${path}.${holder}`;
  try {
    mkdirSync(right);
  } catch {
    return false;
  }
  if (holderOf(path) === holder) rmSync(path, { recursive: true, force: true });
  rmSync(right, { recursive: true, force: true });
  return true;
}

/** The holder's process id; null while it is still writing it. A lock without one for 10 s belongs to nobody. */
function holderOf(path) {
  try {
    const pid = Number(readFileSync(join(path, 'pid'), 'utf8'));
    if (pid > 0) return pid;
  } catch {
    // Between mkdir and the write, or just removed.
  }
  try {
    return Date.now() - statSync(path).mtimeMs > 10_000 ? -1 : null;
  } catch {
    return null;
  }
}

function alive(pid) {
  if (pid < 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
