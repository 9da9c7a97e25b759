import type { FailureEntry } from './entry.ts';

/** Failures of checks from outside. */
export const PROBE_FAILURES = {
  'probe-no-answer': {
    retryable: true,
    todo: 'Ask the same URL by hand from the machine nodetide runs on (curl -v), and see who should answer there.',
  },
  'probe-settings': {
    retryable: false,
    todo: 'Look at the check in the fleet file: the secret or the CA file it names cannot be read where nodetide runs.',
  },
} as const satisfies Record<string, FailureEntry>;
