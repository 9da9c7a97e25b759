import { type Cause, explainBy } from './explain.ts';

/** As dnf 4 words them. */
const CAUSES: readonly Cause[] = [
  {
    pattern: /^(\S+) already locked by (\d+)(?:\s+The application with PID \d+ is: (.+))?/m,
    code: 'packages-locked',
    message: ([, what, pid, name]) => `the ${what} lock of dnf is held by process ${pid}${name ? ` (${name})` : ''}`,
  },
  {
    pattern: /can't create transaction lock on (\S+)/,
    code: 'packages-locked',
    message: ([, file]) => `the lock ${file} of the rpm database is held by another program`,
  },
  {
    pattern: /more space needed on the (\S+) filesystem|needs \S+ more space on the (\S+) filesystem/,
    code: 'packages-no-space',
    message: ([said]) => said,
  },
  {
    pattern: /No space left on device/,
    code: 'host-disk-full',
    message: () => 'no space left on the host',
  },
  {
    pattern: /Curl error \((?:5|6|7|28|35|52|56)\): (.*)|Status code: (\d+) for (\S+)|No more mirrors to try/,
    code: 'packages-repository-unreachable',
    message: ([said], log) => `a repository cannot be reached${repository(log)}: ${said}`,
  },
  {
    pattern:
      /Failed to download metadata for repo '([^']*)'|repomd\.xml GPG signature|GPG check FAILED|checksum doesn't match/,
    code: 'packages-refresh-failed',
    message: ([said], log) => `the lists or packages of a repository cannot be had${repository(log)}: ${said}`,
  },
  {
    pattern: /^Error in (?:PRE|POST)\w+ scriptlet in rpm package \S+/m,
    code: 'packages-set-up-failed',
    message: (_, log) => {
      const names = [...log.matchAll(/^Error in \w+ scriptlet in rpm package (\S+)/gm)].map(([, name]) => name);
      return `the scripts of packages failed: ${[...new Set(names)].join(', ')}`;
    },
  },
  {
    pattern: /^\s*- (nothing provides .*|.* conflicts with .*|cannot install .*|.* requires .*)$/m,
    code: 'packages-dependencies-broken',
    message: ([, detail = '']) => `dependencies of packages cannot be met: ${detail.trim()}`,
  },
  {
    pattern: /^ ?Problem(?: \d+)?: (.*)$/m,
    code: 'packages-dependencies-broken',
    message: ([, problem = '']) => `dependencies of packages cannot be met: ${problem.trim()}`,
  },
];

/** The cause behind an exit code other than 0 of dnf (1 for nearly all its errors, 200 for a held lock). */
export const explainDnf = explainBy('dnf', CAUSES);

function repository(log: string): string {
  const name = /metadata for repo(?:sitory)? '([^']*)'/.exec(log)?.[1];
  return name ? ` (${name})` : '';
}
