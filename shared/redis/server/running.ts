import { lockPath, readLockFile } from './lock-file.ts';
import { livenessOf } from './process-identity.ts';

/** An embedded server that another process runs. */
export interface RunningServer {
  /** May hold a password: not for printing. */
  readonly url: string;
  readonly pid: number;
  readonly host: string;
  /** RFC 3339. */
  readonly since: string;
  readonly command: string;
}

/**
 * Who runs an embedded server on this data folder, and where it answers; null: nobody, or it is only just starting.
 * A holder in another container or boot cannot be seen from here and is taken as running: connecting will tell.
 */
export async function readLock(dir: string): Promise<RunningServer | null> {
  const lock = await readLockFile(lockPath(dir));
  if (lock === null || lock.url === '' || (await livenessOf(lock.owner)) === 'dead') return null;
  return { url: lock.url, pid: lock.owner.pid, host: lock.host, since: lock.since, command: lock.command };
}
