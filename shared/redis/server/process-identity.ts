import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { run } from './run.ts';

/** Names one process for ever: a pid alone is used again. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When the kernel started it, in the kernel's own words; opaque. */
  readonly startMark: string;
  /** Machine, boot and pid namespace in which the pid counts; opaque. */
  readonly world: string;
}

/** `unknown`: the process counts in another machine, boot or container, whose processes cannot be seen from here. */
export type Liveness = 'alive' | 'dead' | 'unknown';

/** The identity of a process of this world; null: there is none with that pid. */
export async function identify(pid: number): Promise<ProcessIdentity | null> {
  const startMark = await startMarkOf(pid);
  return startMark === null ? null : { pid, startMark, world: await ownWorld() };
}

/** Whether that very process still runs; a zombie counts as dead. */
export async function livenessOf(identity: ProcessIdentity): Promise<Liveness> {
  if (identity.world !== (await ownWorld())) return 'unknown';
  return (await startMarkOf(identity.pid)) === identity.startMark ? 'alive' : 'dead';
}

/** Linux: field 22 of /proc/PID/stat (proc(5)), counted after the name, which may hold blanks and brackets. */
async function startMarkOf(pid: number): Promise<string | null> {
  if (process.platform !== 'linux') {
    const { code, stdout } = await run('ps', ['-o', 'lstart=', '-p', String(pid)], { timeoutMs: 5_000 });
    return code === 0 && stdout.trim() !== '' ? stdout.trim() : null;
  }
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (stat === null) return null;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? null : (fields[19] ?? null);
}

async function ownWorld(): Promise<string> {
  if (process.platform !== 'linux') return hostname();
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  const namespace = await readlink('/proc/self/ns/pid').catch(() => '');
  return [hostname(), boot.trim(), namespace].join(' ');
}
