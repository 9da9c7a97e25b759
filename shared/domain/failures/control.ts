import type { FailureEntry } from './entry.ts';

/** Failures of commands on the machine that nodetide itself runs on. */
export const CONTROL_FAILURES = {
  'control-command-timeout': {
    retryable: true,
    todo: 'Run the command by hand on the machine nodetide runs on and see what it waits for, or give it more time.',
  },
  'control-command-not-run': {
    retryable: true,
    todo: 'Look at the machine nodetide runs on: no process could be started there (memory, number of processes, no sh).',
  },
} as const satisfies Record<string, FailureEntry>;
