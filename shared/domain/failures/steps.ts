import type { FailureEntry } from './entry.ts';

/** Failures of the six steps. */
export const STEP_FAILURES = {
  'wrong-machine': {
    retryable: false,
    todo: 'The host behind this address is not the machine behind this Node: check addresses.',
  },
  'drain-obstacles': { retryable: false, todo: 'Change the drain policy or the pods named.' },
  'drain-timeout': {
    retryable: false,
    todo: 'Look at the pods left and their budgets (docs/blocked-drains.md), then retry the node.',
  },
  'check-reboot-failed': {
    retryable: true,
    todo: 'Look on the host why the check cannot run, or take it out of the reboot policy.',
  },
  'check-reboot-missing': {
    retryable: false,
    todo: 'Install on the host what the check needs, or take the check out of policy.reboot.checks.',
  },
  'reboot-not-safe': {
    retryable: false,
    todo: 'Cordon and drain no longer hold: look who changed the node, then retry it.',
  },
  'reboot-did-nothing': {
    retryable: false,
    todo: 'Look on the host why it does not shut down (systemctl list-jobs), and what controlCommand did, if there is one; reboot it by hand if you must, then retry the node.',
  },
  'reboot-not-proven': {
    retryable: false,
    todo: 'Look what the host is: a restored snapshot, a container or another machine under this address. If it is the right one, reboot it by hand, then retry the node.',
  },
  'reboot-command-failed': {
    retryable: false,
    todo: 'Look whether the host is up (and was rebooted); run controlCommand by hand to see what it needs, reboot the host if it was not, then retry the node.',
  },
  'reboot-command-timeout': {
    retryable: false,
    todo: 'Look whether the host is up (and was rebooted); run controlCommand by hand to see what it waits for, or raise controlTimeout; then retry the node.',
  },
  'host-did-not-return': {
    retryable: false,
    todo: 'Look at the console of the host; once it answers over SSH again, retry the node.',
  },
  'node-replaced': { retryable: false, todo: 'The Node object is another one than planned: make a new plan.' },
  'drain-impossible': {
    retryable: false,
    todo: 'Remove what keeps the pods named from being evicted (docs/blocked-drains.md), then retry the node.',
  },
  'drain-cordon-lost': {
    retryable: false,
    todo: 'Somebody uncordoned the node during the drain: find out who and why, then retry the node.',
  },
  'drain-volumes-attached': {
    retryable: true,
    todo: 'Look at the VolumeAttachments named and their CSI driver, or set volumeDetachTimeout to 0.',
  },
  'uncordon-undone': { retryable: true, todo: 'Find out who cordons the node, then retry it.' },
  'verify-failed': { retryable: true, todo: 'Look at the checks named; when they hold, retry the node.' },
  'verify-wrong-system': {
    retryable: false,
    todo: 'The host did not come up with the system it should run: look at its boot loader and packages.',
  },
} as const satisfies Record<string, FailureEntry>;
