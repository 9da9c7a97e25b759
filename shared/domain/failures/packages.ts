import type { FailureEntry } from './entry.ts';

/** Failures of package managers. */
export const PACKAGE_FAILURES = {
  'packages-locked': { retryable: true, todo: 'Wait for the holder of the package lock, or stop it.' },
  'packages-refresh-failed': { retryable: true, todo: 'Check the repositories the host uses.' },
  'packages-upgrade-failed': {
    retryable: false,
    todo: 'Look at the log, mend the packages on the host, then retry the node.',
  },
  'packages-unknown-manager': { retryable: false, todo: 'Name the package manager of this host in the policy.' },
} as const satisfies Record<string, FailureEntry>;
