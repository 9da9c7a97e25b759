import type { FailureEntry } from './entry.ts';

/** Failures of the six steps. */
export const STEP_FAILURES = {
  'wrong-machine': {
    retryable: false,
    todo: 'The host behind this address is not the machine behind this Node: check addresses.',
  },
  'drain-obstacles': { retryable: false, todo: 'Change the drain policy or the pods named.' },
  'drain-timeout': { retryable: false, todo: 'Look at the pods left and their budgets, then retry the node.' },
  'check-reboot-failed': {
    retryable: true,
    todo: 'Look on the host why the check cannot run, or take it out of the reboot policy.',
  },
  'reboot-not-safe': {
    retryable: false,
    todo: 'Cordon and drain no longer hold: look who changed the node, then retry it.',
  },
  'reboot-did-nothing': {
    retryable: false,
    todo: 'Look on the host why it does not shut down (systemctl list-jobs), reboot it by hand if you must, then retry the node.',
  },
  'host-did-not-return': {
    retryable: false,
    todo: 'Look at the console of the host; once it answers over SSH again, retry the node.',
  },
} as const satisfies Record<string, FailureEntry>;
