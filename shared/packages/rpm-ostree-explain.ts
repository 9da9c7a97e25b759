import { type Cause, explainBy } from './explain.ts';

/** As rpm-ostree words them (its own source, and reports of its users). */
const CAUSES: readonly Cause[] = [
  {
    pattern: /^error: Transaction in progress: (.*)$/m,
    code: 'packages-locked',
    message: ([, what]) => `another transaction of rpm-ostree is in progress: ${what}`,
  },
  {
    pattern: /^error: Updates and deployments are driven by (.*)$/m,
    code: 'packages-image-driver',
    message: ([, driver]) => `upgrades of this host are driven by ${driver}`,
  },
  {
    pattern: /No space left on device|min-free-space-(?:percent|size) '[^']*' would be exceeded[^\n]*/,
    code: 'packages-no-space',
    message: ([said]) => said,
  },
  {
    pattern:
      /Could not resolve host[^\n]*|Couldn't connect to server[^\n]*|Curl error[^\n]*|Timeout was reached[^\n]*|Server returned (?:HTTP|status) [45]\d\d[^\n]*|cannot download[^\n]*/i,
    code: 'packages-repository-unreachable',
    message: ([said]) => `a repository cannot be reached: ${said}`,
  },
  {
    pattern: /^error: (.*(?:depsolve|Forbidden base package replacements|Packages not found|conflicts with).*)$/m,
    code: 'packages-dependencies-broken',
    message: ([, said]) => `dependencies of packages cannot be met: ${said}`,
  },
  {
    pattern: /^error: (.*)$/m,
    code: 'packages-upgrade-failed',
    message: ([, said]) => `rpm-ostree: ${said}`,
  },
];

/** The cause behind an exit code other than 0 of rpm-ostree (1 for all its errors). */
export const explainRpmOstree = explainBy('rpm-ostree', CAUSES);
