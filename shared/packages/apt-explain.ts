import { type Cause, explainBy } from './explain.ts';

/** Ordered: the first that fits is the cause, the later ones follow from it. */
const CAUSES: readonly Cause[] = [
  {
    // Without the `E:` it is only the notice of a wait, which may have ended well.
    pattern: /^E: (?:Could not get lock (\S+?)\.? |Unable to (?:lock|acquire) .*?(\/[^\s),]+))/m,
    code: 'packages-locked',
    message: ([, file, other], log) => `the package lock ${file ?? other} is held${holder(log)}`,
  },
  {
    pattern: /lock was locked by another process|is locked by another process/,
    code: 'packages-locked',
    message: (_, log) => `the package lock is held${holder(log)}`,
  },
  {
    // dash does not say why it could not write.
    pattern: /^the preferences of this call cannot be written to (\S+)/m,
    code: 'host-disk-full',
    message: ([, file]) => `the preferences of this call cannot be written to ${file}`,
  },
  {
    pattern: /No space left on device|don't have enough free space in (\S+)/,
    code: 'host-disk-full',
    message: ([, where]) => `no space left on the host${where ? ` in ${where.replace(/\.$/, '')}` : ''}`,
  },
  {
    pattern:
      /^\s*(?:E: Failed to fetch (\S+) +)?(?:Could not (?:connect|resolve|handshake)|Temporary failure resolving|Unable to connect|Cannot initiate the connection|Connection (?:failed|timed out|refused)|Network is unreachable|404 +Not Found|File not found)/m,
    code: 'packages-repository-unreachable',
    message: ([, url], log) => `a repository cannot be reached: ${url ?? fetched(log)}`,
  },
  {
    pattern:
      /^(?:E: |Err:\d+ |W: )?(?:Failed to fetch (\S+)|Unable to fetch some archives|Some index files failed to download)/m,
    code: 'packages-refresh-failed',
    message: ([, url]) => `the lists of a repository cannot be had${url ? `: ${url}` : ''}`,
  },
  {
    pattern:
      /File has unexpected size|Hash Sum mismatch|couldn't be verified|Release file for (\S+) is (?:expired|not valid)/,
    code: 'packages-refresh-failed',
    message: ([said, url], log) => `the lists of a repository are not to be trusted (${said}): ${url ?? fetched(log)}`,
  },
  {
    pattern: /^E: The repository '([^']*)'.*(?:no longer|does not) ha/m,
    code: 'packages-refresh-failed',
    message: ([, url]) => `the repository ${url} is not to be trusted or gone`,
  },
  {
    pattern: /Errors were encountered while processing:\s*\n((?: \S+\n?)+)/,
    code: 'packages-set-up-failed',
    message: ([, names]) => `packages could not be set up: ${(names ?? '').trim().split(/\s+/).join(', ')}`,
  },
  {
    pattern: /unmet dependencies|held broken packages|Unable to correct problems/i,
    code: 'packages-dependencies-broken',
    message: (_, log) => `dependencies of packages cannot be met${unmet(log)}`,
  },
  {
    pattern: /dpkg was interrupted/,
    code: 'packages-interrupted',
    message: () => 'an earlier dpkg run was interrupted and could not be ended',
  },
];

/** The cause behind an exit code other than 0 of apt-get (which is 100 for all its errors), found in its log. */
export const explainApt = explainBy('apt', CAUSES);

function holder(log: string): string {
  const [, pid, name] = [...log.matchAll(/(?:held by process|with pid) (\d+)(?: \(([^)]*)\))?/g)].at(-1) ?? [];
  if (!pid) return '';
  return name ? ` by process ${pid} (${name})` : ` by process ${pid}`;
}

function fetched(log: string): string {
  return /Failed to fetch (\S+)/.exec(log)?.[1] ?? /^Err:\d+ (\S+)/m.exec(log)?.[1] ?? 'see the log';
}

/** The first lines of ` NAME : Depends: …`. */
function unmet(log: string): string {
  const lines = [...log.matchAll(/^ (\S+) : ((?:Pre-)?(?:Depends|Breaks|Conflicts): .*)$/gm)].slice(0, 3);
  return lines.length === 0 ? '' : `: ${lines.map(([, name, what]) => `${name} ${what?.trim()}`).join('; ')}`;
}
