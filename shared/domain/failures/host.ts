import type { FailureEntry } from './entry.ts';

/** Failures of reaching a host, or of what it refuses. */
export const HOST_FAILURES = {
  'host-unreachable': { retryable: true, todo: 'Check the network and that the host is up.' },
  'host-refused-connection': { retryable: true, todo: 'Check that the SSH server runs on that port.' },
  'host-timeout': { retryable: true, todo: 'Check the network and the load of the host.' },
  'host-name-not-found': { retryable: true, todo: 'Check the name in the inventory and the resolver.' },
  'host-connection-lost': { retryable: true, todo: 'Nothing: the next attempt attaches again.' },
  'host-key-unknown': {
    retryable: false,
    todo: 'Put the key of the host into the known_hosts file of the fleet, after checking it.',
  },
  'host-key-changed': { retryable: false, todo: 'Find out why the key changed; only then replace it in known_hosts.' },
  'host-auth-refused': {
    retryable: false,
    todo: 'Check user and key of the SSH settings, and authorized_keys on the host.',
  },
  'sudo-refused': { retryable: false, todo: 'Allow the user to run sudo without a password (NOPASSWD) on this host.' },
  'host-not-owned': {
    retryable: false,
    todo: 'Another rollout works on this host: end it there. If it is dead and has left its mark on the node: nodetide release NODE. Without a mark, and only if nothing runs on the host: remove /var/lib/nodetide/owner there. Then retry the node.',
  },
  'host-stale-epoch': { retryable: false, todo: 'A newer worker has taken over this node: nothing to do.' },
  'host-boot-id-changed': { retryable: false, todo: 'The host was rebooted by somebody else: look why, then retry.' },
  'host-order-expired': {
    retryable: false,
    todo: 'The order reached the host too late: check its clock and load, then retry.',
  },
  'host-busy': { retryable: true, todo: 'Wait for the package transaction on the host to end.' },
  'host-disk-full': { retryable: true, todo: 'Free space on the host.' },
  'host-script-failed': {
    retryable: true,
    todo: 'Look at what the host said: its shell, its state folder /var/lib/nodetide, or its service manager is at fault.',
  },
  'ssh-settings': {
    retryable: false,
    todo: 'Mend the SSH settings of the fleet: key file, its passphrase, the agent, or the known_hosts file.',
  },
  'host-not-this-machine': {
    retryable: false,
    todo: 'Run nodetide, all its workers, on the machine that the plan means by connection: local; or reach it over SSH.',
  },
} as const satisfies Record<string, FailureEntry>;
