import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, symlink } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Programs of Debian packages unpacked into a folder of their own: nothing is installed. */
export interface DebianTools {
  readonly folder: string;
  /** What a process needs to run them. */
  readonly env: Readonly<Record<string, string>>;
}

const asked = new Map<string, Promise<DebianTools | string>>();

/**
 * The programs of these packages, with what they need and this machine lacks, fetched from the distribution's packages
 * into the cache once. A text instead of tools says why they cannot be had here.
 */
export function debianTools(name: string, packages: readonly string[]): Promise<DebianTools | string> {
  const known = asked.get(name) ?? find(name, packages);
  asked.set(name, known);
  return known;
}

async function find(name: string, packages: readonly string[]): Promise<DebianTools | string> {
  if (!existsSync('/usr/bin/apt-get')) return 'this machine has no apt-get';
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const folder = join(cache, 'nodetide-tests', name);
  try {
    if (!existsSync(folder)) await unpack(folder, packages);
  } catch (error) {
    return `${packages.join(', ')} cannot be had: ${String((error as Error).message).split('\n')[0]}`;
  }
  return { folder, env: envOf(folder) };
}

/** Several processes may do so at once: each in a folder of its own, and the first is taken. */
async function unpack(folder: string, packages: readonly string[]): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  const work = await mkdtemp(`${folder}.`);
  try {
    // The machine's own lists may be missing, or tell of what is no longer there.
    const debs = await download(work, packages, []).catch(async () => download(work, packages, await freshLists(work)));
    const staged = join(work, 'tools');
    for (const deb of debs) await run('dpkg', ['-x', deb, staged]);
    // libzypp calls it by this name.
    const bin = join(staged, 'usr/bin');
    if (existsSync(join(bin, 'repo2solv'))) await symlink('repo2solv', join(bin, 'repo2solv.sh'));
    await rename(staged, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function download(work: string, packages: readonly string[], lists: readonly string[]): Promise<string[]> {
  const cwd = await mkdtemp(join(work, 'debs-'));
  const options = [...lists, '-o', 'Acquire::Retries=3'];
  const words = ['install', '-s', '--no-install-recommends', ...packages];
  const simulation = await run('apt-get', [...options, ...words]);
  const needed = [...simulation.stdout.matchAll(/^Inst (\S+)/gm)].map(([, each]) => each ?? '');
  // The C library must be the one that the system's own loader belongs to.
  const names = needed.filter(each => each !== 'libc6' && each !== 'libc-bin');
  await run('apt-get', [...options, 'download', ...names], { cwd });
  return (await readdir(cwd)).filter(file => file.endsWith('.deb')).map(file => join(cwd, file));
}

/** Fetches lists of packages into the folder; gives apt's options for them. */
async function freshLists(work: string): Promise<string[]> {
  await mkdir(join(work, 'lists/partial'), { recursive: true });
  await mkdir(join(work, 'cache/archives/partial'), { recursive: true });
  const options = ['-o', `Dir::State::lists=${join(work, 'lists')}`, '-o', `Dir::Cache=${join(work, 'cache')}`];
  await run('apt-get', [...options, '-o', 'Acquire::Retries=3', '-q', 'update']);
  return options;
}

function envOf(folder: string): Record<string, string> {
  const usr = join(folder, 'usr');
  const triplets = ['x86_64-linux-gnu', 'aarch64-linux-gnu'];
  return {
    PATH: `${join(usr, 'bin')}:/usr/sbin:/usr/bin:/sbin:/bin`,
    LD_LIBRARY_PATH: [...triplets.flatMap(triplet => librariesOf(folder, triplet)), join(usr, 'lib')].join(':'),
    PYTHONPATH: join(usr, 'lib/python3/dist-packages'),
    RPM_CONFIGDIR: join(usr, 'lib/rpm'),
  };
}

/** Some packages still keep libraries in /lib, and libpulse one of its own in a folder beside. */
function librariesOf(folder: string, triplet: string): string[] {
  const own = join(folder, 'usr/lib', triplet);
  return [own, join(own, 'pulseaudio'), join(folder, 'lib', triplet)];
}
