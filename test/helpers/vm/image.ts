import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, statfs } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { QEMU } from './emulator.ts';
import { Machine, type VmImage } from './machine.ts';
import { buildPackages, PACKAGES_RECIPE } from './packages.ts';

const run = promisify(execFile);

/** Programs, and the Debian packages that have them. */
const PROGRAMS: Readonly<Record<string, string>> = {
  [QEMU]: 'qemu-system-x86',
  'qemu-img': 'qemu-utils',
  mmdebstrap: 'mmdebstrap',
  mke2fs: 'e2fsprogs',
  'dpkg-deb': 'dpkg',
  ssh: 'openssh-client',
  'ssh-keygen': 'openssh-client',
};
const LEAST_FREE = 3e9;
const BUILD_MS = 900_000;

/**
 * The disk that all machines start from; built once, kept in the cache under a name that follows its recipe. A text says
 * why it cannot be had here.
 */
export async function vmImage(say: (text: string) => void): Promise<VmImage | string> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return `this is ${process.platform} on ${process.arch}`;
  const path = `${process.env['PATH'] ?? ''}${delimiter}/usr/sbin${delimiter}/sbin`;
  const missing = Object.entries(PROGRAMS).filter(
    ([name]) => !path.split(delimiter).some(folder => existsSync(join(folder, name))),
  );
  if (missing.length > 0)
    return `missing: ${missing.map(([name, debian]) => `${name} (package ${debian})`).join(', ')}`;
  const folder = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'nodetide-tests', await nameOf());
  if (existsSync(folder)) return { folder };
  await mkdir(dirname(folder), { recursive: true });
  const { bavail, bsize } = await statfs(dirname(folder));
  if (bavail * bsize < LEAST_FREE) return `less than ${LEAST_FREE / 1e9} GB are free in ${dirname(folder)}`;
  say(`building a virtual machine in ${folder}, once`);
  return build(folder, path);
}

async function nameOf(): Promise<string> {
  const hash = createHash('sha256').update(PACKAGES_RECIPE);
  for (const file of ['build.sh', 'customize.sh']) hash.update(await readFile(join(import.meta.dirname, file)));
  return `vm-${hash.digest('hex').slice(0, 12)}`;
}

async function build(folder: string, path: string): Promise<VmImage | string> {
  const fresh = `${folder}.${process.pid}`;
  try {
    await buildPackages(fresh);
    const env = { ...process.env, PATH: path };
    await run('sh', [join(import.meta.dirname, 'build.sh'), fresh], { env, timeout: BUILD_MS });
    await firstBoot({ folder: fresh });
    await rename(fresh, folder);
    return { folder };
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    return `the machine could not be built: ${(stderr || message).trim().slice(-1_000)}`;
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

/** The machine makes its own initial RAM disk and boot menu, as after each new kernel. */
async function firstBoot(image: VmImage): Promise<void> {
  const machine = await Machine.create(image, true);
  try {
    machine.start();
    await machine.up();
    await machine.sh('{ update-initramfs -u && update-grub; } >/dev/null 2>&1 && systemctl --no-block poweroff');
    await machine.off();
  } finally {
    await machine.end();
  }
}
