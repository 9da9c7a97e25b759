import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './run.ts';

type Downloaded =
  | { readonly debs: readonly string[] }
  | { readonly why: string }
  /** No other package would fare better. */
  | { readonly fatal: string };

/**
 * Downloads a package and those of its dependencies that this machine lacks, checked by apt against the
 * distribution's signatures. Lists and downloads live in `work`, so neither root nor apt's lists are needed,
 * and a slim image without any lists will do.
 */
export async function downloadWithApt(packageName: string, work: string, env: NodeJS.ProcessEnv): Promise<Downloaded> {
  const apt = (args: string[], cwd?: string) =>
    run('apt-get', [...settings(work), ...args], { env, timeoutMs: 180_000, ...(cwd === undefined ? {} : { cwd }) });
  if (!(await hasLists(work))) {
    const version = await run('apt-get', ['--version'], { env });
    if (version.code !== 0) return { fatal: 'this machine has no apt-get' };
    for (const folder of ['lists/partial', 'apt-cache/archives/partial']) {
      await mkdir(join(work, folder), { recursive: true });
    }
    const updated = await apt(['-q', 'update']);
    if (updated.code !== 0 || !(await hasLists(work))) {
      return { fatal: `the package lists cannot be fetched: ${lastLines(updated.stderr)}` };
    }
  }
  const wanted = await apt(['-qq', '-y', '--no-install-recommends', '--print-uris', 'install', packageName]);
  if (wanted.code !== 0) return { why: lastLines(wanted.stderr) };
  const names = packageNames(wanted.stdout);
  const folder = join(work, 'debs');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
  const got = await apt(['-q', 'download', ...(names.includes(packageName) ? names : [packageName, ...names])], folder);
  if (got.code !== 0) return { fatal: `the packages cannot be downloaded: ${lastLines(got.stderr)}` };
  return { debs: (await readdir(folder)).filter(name => name.endsWith('.deb')).map(name => join(folder, name)) };
}

/** Package names out of `apt-get --print-uris install`: lines of `'uri' name_version_arch.deb size hash`. */
export function packageNames(printUris: string): string[] {
  const names = [...printUris.matchAll(/^'[^']*' ([^_\s]+)_\S+\.deb /gm)].map(match => match[1] ?? '');
  // The C library must be the one that the system's own loader belongs to.
  return names.filter(name => name !== 'libc6' && name !== 'libc-bin');
}

function settings(work: string): string[] {
  return [
    `Dir::State::lists=${join(work, 'lists')}`,
    `Dir::Cache=${join(work, 'apt-cache')}`,
    // Started by root, apt would become _apt, who may not write here.
    'APT::Sandbox::User=root',
    'Debug::NoLocking=true',
    'Acquire::Retries=2',
    'Acquire::http::Timeout=20',
    'Acquire::https::Timeout=20',
  ].flatMap(option => ['-o', option]);
}

async function hasLists(work: string): Promise<boolean> {
  const files = await readdir(join(work, 'lists')).catch(() => []);
  return files.some(name => name.includes('_Packages'));
}

function lastLines(text: string): string {
  return text.trim().split('\n').slice(-3).join(' | ') || 'no reason given';
}
