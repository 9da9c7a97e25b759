import type { FailureEntry } from './entry.ts';

/** Failures of notifications. They never stop a rollout. */
export const NOTIFY_FAILURES = {
  'notify-no-answer': {
    retryable: true,
    todo: 'Look whether the target can be reached from where the scheduler runs: nodetide notify test TARGET. It is tried again by itself.',
  },
  'notify-refused': {
    retryable: false,
    todo: 'The target does not take this message: look at what it answered, and at its settings in the fleet file; then nodetide notify test TARGET.',
  },
  'notify-settings': {
    retryable: true,
    todo: 'Look at the target in the fleet file: the secret, URL or CA file it names cannot be used where the scheduler runs. It is tried again by itself.',
  },
} as const satisfies Record<string, FailureEntry>;
