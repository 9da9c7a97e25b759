import type { FailureEntry } from './entry.ts';

/** Failures of the six steps. */
export const STEP_FAILURES = {
  'wrong-machine': {
    retryable: false,
    todo: 'The host behind this address is not the machine behind this Node: check addresses.',
  },
  'drain-obstacles': { retryable: false, todo: 'Change the drain policy or the pods named.' },
  'drain-timeout': { retryable: false, todo: 'Look at the pods left and their budgets, then retry the node.' },
} as const satisfies Record<string, FailureEntry>;
