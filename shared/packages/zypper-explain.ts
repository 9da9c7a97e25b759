import { type Cause, explainBy } from './explain.ts';

/** As zypper 1.14 words them; codes as in zypper(8). */
export const ZYPPER_CAUSES: readonly Cause[] = [
  {
    pattern: /locked by the application with pid (\d+) \(([^)]*)\)/,
    code: 'packages-locked',
    message: ([, pid, name]) => `the lock of zypper is held by process ${pid}${name ? ` (${name})` : ''}`,
  },
  {
    pattern: /^/,
    exitCode: 7,
    code: 'packages-locked',
    message: () => 'the lock of zypper is held',
  },
  {
    pattern: /No space left on device|not enough (?:free )?disk space/i,
    code: 'host-disk-full',
    message: () => 'no space left on the host',
  },
  {
    pattern:
      /Error trying to read from '[^']*'|Download \(curl\) error for '[^']*'|Curl error \d+|Timeout exceeded when accessing '([^']*)'|Connection (?:failed|refused)|Could not resolve|File '[^']*' not found on medium '([^']*)'|Can't (?:provide|access|find) .*/,
    code: 'packages-repository-unreachable',
    message: ([said], log) => `a repository cannot be reached${repository(log)}: ${said}`,
  },
  {
    pattern:
      /Repository '[^']*' is invalid|Skipping repository '[^']*'|Error building the cache|[Ss]ignature verification failed/,
    code: 'packages-refresh-failed',
    message: ([said]) => `the lists of a repository cannot be had: ${said}`,
  },
  {
    pattern: /^/,
    exitCode: 106,
    code: 'packages-refresh-failed',
    message: () => 'repositories were skipped: not all lists could be had',
  },
  {
    pattern: /^(?:.*: )?(?:warning: |error: )?%(?:pre|post\w*)\((\S+)\) scriptlet failed/m,
    code: 'packages-set-up-failed',
    message: (_, log) => {
      const names = [...log.matchAll(/%(?:pre|post\w*)\((\S+)\) scriptlet failed/g)].map(([, name]) => name);
      return `the scripts of packages failed: ${[...new Set(names)].join(', ')}`;
    },
  },
  {
    pattern: /^/,
    exitCode: 107,
    code: 'packages-set-up-failed',
    message: () => 'the script of a package failed',
  },
  {
    pattern: /^(?:<[^>]*>)?Problem(?: \d+)?: (.*)$|nothing provides .*/m,
    code: 'packages-dependencies-broken',
    message: ([said, problem]) => `dependencies of packages cannot be met: ${(problem ?? said).trim()}`,
  },
];

/** The cause behind an exit code other than 0 of zypper. */
export const explainZypper = explainBy('zypper', ZYPPER_CAUSES);

function repository(log: string): string {
  const name = /repository '([^']*)'/i.exec(log)?.[1];
  return name ? ` (${name})` : '';
}
