import { execFile, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, symlink } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Programs of Debian packages unpacked into a folder of their own: nothing is installed. */
export interface DebianTools {
  readonly folder: string;
  /** What a process needs to run them. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * The programs of these packages, with what they need and this machine lacks, fetched from the distribution's packages
 * into the cache once. A text instead of tools says why they cannot be had here.
 */
export async function debianTools(name: string, packages: readonly string[]): Promise<DebianTools | string> {
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

async function unpack(folder: string, packages: readonly string[]): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  const dir = await mkdtemp(join(tmpdir(), 'nodetide-debs-'));
  try {
    const words = ['install', '-s', '--no-install-recommends', ...packages];
    let own: string[] = [];
    const simulation = await run('apt-get', words).catch(async () => {
      own = await ownLists(dir);
      return run('apt-get', [...own, ...words]);
    });
    const needed = [...simulation.stdout.matchAll(/^Inst (\S+)/gm)].map(([, each]) => each ?? '');
    await run('apt-get', [...own, 'download', ...needed], { cwd: dir });
    const staged = join(dir, 'tools');
    for (const deb of (await readdir(dir)).filter(file => file.endsWith('.deb')))
      await run('dpkg', ['-x', join(dir, deb), staged]);
    // libzypp calls it by this name.
    const bin = join(staged, 'usr/bin');
    if (existsSync(join(bin, 'repo2solv'))) await symlink('repo2solv', join(bin, 'repo2solv.sh'));
    execFileSync('cp', ['-a', staged, `${folder}.new`]);
    await rename(`${folder}.new`, folder);
  } finally {
    await rm(dir, { recursive: true, force: true });
    await rm(`${folder}.new`, { recursive: true, force: true });
  }
}

/** Fetches lists of packages into a folder, for a machine whose own are not there or too old; gives apt's options for them. */
async function ownLists(dir: string): Promise<string[]> {
  await mkdir(join(dir, 'lists/partial'), { recursive: true });
  await mkdir(join(dir, 'cache/archives/partial'), { recursive: true });
  const options = ['-o', `Dir::State::lists=${join(dir, 'lists')}`, '-o', `Dir::Cache=${join(dir, 'cache')}`];
  await run('apt-get', [...options, '-q', 'update']);
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
