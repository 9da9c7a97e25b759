/** Who holds the package lock. */
export interface LockHolder {
  readonly pid: number;
  readonly command: string;
}

/** Locks of a host, by path, as flock(2) and dpkg take them. A lock ends with its process. */
export class HostLocks {
  readonly #holders = new Map<string, LockHolder>();
  readonly #waiting = new Set<() => void>();

  holder(path: string): LockHolder | null {
    return this.#holders.get(path) ?? null;
  }

  /** Takes the lock, or says who has it. The holder itself may take it again. */
  take(path: string, by: LockHolder): LockHolder | null {
    const holder = this.holder(path);
    if (holder !== null && holder.pid !== by.pid) return holder;
    this.#holders.set(path, by);
    return null;
  }

  release(path: string, pid: number): void {
    if (this.#holders.get(path)?.pid !== pid) return;
    this.#holders.delete(path);
    for (const wake of [...this.#waiting]) wake();
  }

  /** All locks of a process that ended. */
  releaseAll(pid: number): void {
    for (const [path, holder] of [...this.#holders]) if (holder.pid === pid) this.release(path, pid);
  }

  /** Held locks, as [path, holder]. */
  entries(): [string, LockHolder][] {
    return [...this.#holders];
  }

  /** Resolves when some lock was given back, or the signal aborts. */
  change(signal: AbortSignal): Promise<void> {
    return new Promise(resolve => {
      const wake = () => {
        this.#waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal.addEventListener('abort', wake, { once: true });
      if (signal.aborted) wake();
    });
  }
}

/** The file whose lock means that dpkg works. */
export const DPKG_LOCK = '/var/lib/dpkg/lock-frontend';
/** Its inode, as `ls -i` and /proc/locks tell it. */
export const DPKG_LOCK_INODE = 131_074;

/** Here while a transaction is cut off. */
export const DPKG_JOURNAL = '/var/lib/dpkg/updates/0001';
