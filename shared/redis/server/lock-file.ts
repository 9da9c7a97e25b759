import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProcessIdentity } from './process-identity.ts';

/** Who has a data folder; the content of its lock file, readable by the owner only as `url` may hold a password. */
export interface LockContent {
  /** Different for each taking of the lock. */
  readonly token: string;
  readonly owner: ProcessIdentity;
  /** RFC 3339. */
  readonly since: string;
  readonly host: string;
  readonly command: string;
  /** Where the server answers. */
  readonly url: string;
  /** The server itself; null: not started yet. */
  readonly server: ProcessIdentity | null;
}

/** Path of the lock file of a data folder. */
export function lockPath(dir: string): string {
  return join(dir, 'nodetide.lock');
}

/** The content of a lock file; null: there is none, or nothing that can be read as one. */
export async function readLockFile(path: string): Promise<LockContent | null> {
  const text = await readFile(path, 'utf8').catch(() => '');
  try {
    const value: unknown = JSON.parse(text);
    return isLock(value) ? value : null;
  } catch {
    return null;
  }
}

/** Replaces a lock file in one act; readers see the old or the new one. */
export async function replaceLockFile(path: string, content: LockContent): Promise<void> {
  const temporary = await writeBeside(path, content);
  try {
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Writes the content beside `path`, to be linked or renamed; returns the path of that file. */
export async function writeBeside(path: string, content: LockContent): Promise<string> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  await writeFile(temporary, JSON.stringify(content), { mode: 0o600, flag: 'wx' });
  return temporary;
}

function isLock(value: unknown): value is LockContent {
  if (typeof value !== 'object' || value === null) return false;
  const { token, owner, url } = value as Partial<LockContent>;
  return typeof token === 'string' && typeof url === 'string' && typeof owner?.pid === 'number';
}
