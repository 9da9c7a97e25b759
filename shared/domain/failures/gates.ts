import type { FailureEntry } from './entry.ts';

/** Failures of what gates ask. */
export const GATE_FAILURES = {
  'gate-answer': {
    retryable: true,
    todo: 'Ask the same by hand from the machine nodetide runs on (curl, or the command of the gate), and compare what comes with docs/gates.md.',
  },
} as const satisfies Record<string, FailureEntry>;
