import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { debianTools } from './debian-tools.ts';

/** An OpenSSH server to run, and the folders of libraries it needs, parted by colons (empty: none). */
export interface OpenSsh {
  readonly sshd: string;
  readonly libs: string;
  /** For the configuration: any number of logins may fail or be cut off, and whoever comes next is let in. */
  readonly patience: string;
}

const run = promisify(execFile);

/**
 * The installed sshd, or Debian's package unpacked in a cache folder (nothing is installed). Throws when neither can
 * be had.
 */
export async function findOpenSsh(): Promise<OpenSsh> {
  if (process.getuid?.() === 0) await mkdir('/run/sshd', { recursive: true, mode: 0o755 });
  if (existsSync('/usr/sbin/sshd')) return withPatience('/usr/sbin/sshd', '');
  const tools = await debianTools('openssh-1', ['openssh-server']);
  if (typeof tools === 'string') throw new Error(`no OpenSSH server: ${tools}`);
  return withPatience(join(tools.folder, 'usr/sbin/sshd'), tools.env['LD_LIBRARY_PATH'] ?? '');
}

async function withPatience(sshd: string, libs: string): Promise<OpenSsh> {
  const env = { ...process.env, ...(libs === '' ? {} : { LD_LIBRARY_PATH: libs }) };
  // Those that do not know -V say with their usage who they are.
  const said = await run(sshd, ['-V'], { env }).catch((error: { stdout?: string; stderr?: string }) => error);
  const [, major, minor] = /OpenSSH_(\d+)\.(\d+)/.exec(`${said.stdout}${said.stderr}`) ?? [];
  // Before, nobody was punished, and the option is refused.
  const punishes = Number(major) * 100 + Number(minor) >= 908;
  return { sshd, libs, patience: `PerSourceMaxStartups none${punishes ? '\nPerSourcePenalties no' : ''}` };
}
