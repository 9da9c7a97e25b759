import type { FailureEntry } from './entry.ts';

/** Failures of the operators' own hooks. */
export const HOOK_FAILURES = {
  'hook-failed': {
    retryable: false,
    todo: 'Look at what the hook said; mend what it talks to, then retry the node: the hook runs again (docs/hooks.md).',
  },
  'hook-timeout': {
    retryable: true,
    todo: 'Run the hook by hand where it runs and see what it waits for, or give it more time.',
  },
} as const satisfies Record<string, FailureEntry>;
