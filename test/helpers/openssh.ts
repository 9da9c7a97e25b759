import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { debianTools } from './debian-tools.ts';

/** An OpenSSH server to run, and the folders of libraries it needs, parted by colons (empty: none). */
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
  const tools = await debianTools('openssh-1', ['openssh-server']);
  if (typeof tools === 'string') throw new Error(`no OpenSSH server: ${tools}`);
  return { sshd: join(tools.folder, 'usr/sbin/sshd'), libs: tools.env['LD_LIBRARY_PATH'] ?? '' };
}
