import { mkdir, mkdtemp, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { arch } from 'node:os';
import { join } from 'node:path';
import { downloadWithApt } from './apt.ts';
import { probeBinary, type ServerBinary } from './binary.ts';
import { cacheFolder } from './cache.ts';
import { run } from './run.ts';

/** Packages that hold a server program, and the names under which it may lie there. */
const CANDIDATES = [
  { packageName: 'redis-tools', server: 'redis-server', names: ['redis-server', 'redis-check-rdb'] },
  { packageName: 'redis-server', server: 'redis-server', names: ['redis-server', 'redis-check-rdb'] },
  { packageName: 'valkey-tools', server: 'valkey-server', names: ['valkey-server', 'valkey-check-rdb'] },
] as const;

type Fetched = { readonly binary: ServerBinary } | { readonly why: string };

/**
 * The server of the cache folder, unpacked there first when it is missing; needs neither root nor apt's own lists.
 * Several processes may do this at once: each builds in a folder of its own, the first rename wins.
 */
export async function fetchServer(env: NodeJS.ProcessEnv, onProgress: (text: string) => void): Promise<Fetched> {
  const cache = cacheFolder(env);
  const ready = join(cache, `redis-${await distribution()}-${arch()}`);
  const there = await findServer(ready);
  if (there !== null) return { binary: there };
  const work = await makeWorkFolder(cache);
  if ('why' in work) return work;
  try {
    onProgress(`fetching a Redis server from the distribution's packages into ${ready}`);
    const why = await build(work.path, env);
    if (why !== null) return { why };
    await publish(join(work.path, 'root'), ready);
    const binary = await findServer(ready);
    return binary === null ? { why: `the server unpacked into ${ready} does not run` } : { binary };
  } finally {
    await rm(work.path, { recursive: true, force: true });
  }
}

async function makeWorkFolder(cache: string): Promise<{ path: string } | { why: string }> {
  try {
    await mkdir(cache, { recursive: true });
    return { path: await mkdtemp(join(cache, '.fetch-')) };
  } catch (error) {
    return { why: `the cache folder cannot be written: ${String(error)}` };
  }
}

/** Unpacks the first candidate that gives a server which runs into `work`/root; else says why not. */
async function build(work: string, env: NodeJS.ProcessEnv): Promise<string | null> {
  const reasons: string[] = [];
  for (const { packageName, server, names } of CANDIDATES) {
    const got = await downloadWithApt(packageName, work, env);
    if ('fatal' in got) return got.fatal;
    if ('why' in got) {
      reasons.push(`${packageName}: ${got.why}`);
      continue;
    }
    const root = join(work, 'root');
    await rm(root, { recursive: true, force: true });
    for (const deb of got.debs) {
      const unpacked = await run('dpkg-deb', ['-x', deb, root], { env });
      if (unpacked.code !== 0) return `dpkg-deb cannot unpack ${deb}: ${unpacked.stderr.trim()}`;
    }
    if (await nameServer(root, server, names)) return null;
    reasons.push(`${packageName}: holds no server that runs here`);
  }
  return reasons.join('; ');
}

/** One program is server and checker in one and decides by its own name, so a link with the server's name is enough. */
async function nameServer(root: string, server: string, names: readonly string[]): Promise<boolean> {
  const bin = join(root, 'usr', 'bin');
  const files: string[] = await readdir(bin).catch(() => []);
  const found = names.find(name => files.includes(name));
  if (found !== undefined && found !== server) await symlink(found, join(bin, server));
  return (await findServer(root)) !== null;
}

async function findServer(root: string): Promise<ServerBinary | null> {
  const libraryPath = await libraryFolders(root);
  for (const name of ['redis-server', 'valkey-server']) {
    const binary = await probeBinary(join(root, 'usr', 'bin', name), 'packages', libraryPath);
    if (binary !== null) return binary;
  }
  return null;
}

/** Every folder below lib and usr/lib that may hold shared objects, joined as LD_LIBRARY_PATH wants it. */
async function libraryFolders(root: string): Promise<string> {
  const folders: string[] = [];
  for (const base of [join(root, 'usr', 'lib'), join(root, 'lib')]) {
    const entries = await readdir(base, { withFileTypes: true }).catch(() => []);
    folders.push(...entries.filter(e => e.isDirectory() && e.name.includes('-linux-')).map(e => join(base, e.name)));
  }
  return folders.join(':');
}

async function publish(built: string, ready: string): Promise<void> {
  try {
    await rename(built, ready);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
    // Another process was first, or what is there is broken: the first is used, the second replaced.
    if ((await findServer(ready)) !== null) return;
    await rename(ready, `${built}.broken`);
    await rename(built, ready);
  }
}

/** `debian-12` and the like, so that an upgraded machine or a shared home does not meet foreign libraries. */
async function distribution(): Promise<string> {
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '');
  const field = (name: string) => new RegExp(`^${name}="?([^"\\n]*)"?$`, 'm').exec(text)?.[1] ?? '';
  return (
    `${field('ID')}-${field('VERSION_ID') || field('VERSION_CODENAME')}`.replace(/[^A-Za-z0-9.-]/g, '') || 'unknown'
  );
}
