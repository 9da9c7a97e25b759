import type { FailureEntry } from './entry.ts';

/** Failures of the engine itself. */
export const ENGINE_FAILURES = {
  unexpected: { retryable: true, todo: 'Look at the worker log; this is a bug or an unknown trouble.' },
  'step-timeout': { retryable: true, todo: 'Look at what the step was waiting for.' },
  'predecessor-missing': {
    retryable: false,
    todo: 'A job of this chain was removed: nothing was done. Retry the node.',
  },
  superseded: { retryable: false, todo: 'A newer round or worker has this node: nothing to do.' },
  stalled: { retryable: true, todo: 'The worker died or hung: look at its log, then retry the node.' },
} as const satisfies Record<string, FailureEntry>;
