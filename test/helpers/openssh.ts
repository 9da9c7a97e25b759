import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { downloadWithApt } from '../../shared/redis/server/apt.ts';

const run = promisify(execFile);

/** An OpenSSH server to run, and the folder of libraries it needs (empty: none). */
export interface OpenSsh {
  readonly sshd: string;
  readonly libs: string;
}

/**
 * The installed sshd, or Debian's package unpacked in a cache folder (nothing is installed). Throws when neither can
 * be had.
 */
export async function findOpenSsh(): Promise<OpenSsh> {
  if (process.getuid?.() === 0) await mkdir('/run/sshd', { recursive: true, mode: 0o755 });
  if (existsSync('/usr/sbin/sshd')) return { sshd: '/usr/sbin/sshd', libs: '' };
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'nodetide-test', 'openssh');
  if (!existsSync(cache)) await unpack(cache);
  const [triple] = (await readdir(join(cache, 'usr/lib'))).filter(name => name.includes('-linux-'));
  return { sshd: join(cache, 'usr/sbin/sshd'), libs: triple ? join(cache, 'usr/lib', triple) : '' };
}

async function unpack(cache: string): Promise<void> {
  const [fresh, work] = [`${cache}.${process.pid}`, `${cache}.${process.pid}.work`];
  await mkdir(fresh, { recursive: true });
  await mkdir(work, { recursive: true });
  const got = await downloadWithApt('openssh-server', work, process.env);
  if (!('debs' in got)) throw new Error(`no OpenSSH server: ${'why' in got ? got.why : got.fatal}`);
  for (const deb of got.debs) await run('dpkg', ['-x', deb, fresh]);
  await rm(work, { recursive: true });
  await rename(fresh, cache).catch(() => rm(fresh, { recursive: true }));
}
