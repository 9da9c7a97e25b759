import type { FailureEntry } from './entry.ts';

/** Failures of reaching a host: from the name to the session in which a command runs. */
const REACHING = {
  'host-unreachable': { retryable: true, todo: 'Check the network and that the host is up.' },
  'host-refused-connection': { retryable: true, todo: 'Check that the SSH server runs on that port.' },
  'host-timeout': { retryable: true, todo: 'Check the network, firewalls, and that the host is up.' },
  'host-name-not-found': { retryable: true, todo: 'Check the name in the inventory and the resolver.' },
  'host-silent': {
    retryable: true,
    todo: 'Something takes connections there and says nothing: check address and port, and whether the host behind a forwarded port or a load balancer is up.',
  },
  'host-login-timeout': {
    retryable: true,
    todo: 'The SSH server answers and the login hangs: try ssh -v by hand; look at the load of the host, its name service and PAM.',
  },
  'host-session-timeout': {
    retryable: true,
    todo: 'The login succeeds and no command starts: look at the home folder (a file server that hangs), PAM sessions and the load of the host.',
  },
  'host-closed-before-login': {
    retryable: true,
    todo: "Look at the SSH server's log: too many logins at once (MaxStartups), a block of our address (fail2ban, PerSourcePenalties), or a host that boots.",
  },
  'host-sessions-full': {
    retryable: true,
    todo: 'The SSH server opens no session on a connection that has none: set MaxSessions to 1 or more in sshd_config, ten is its default.',
  },
  'host-connection-lost': { retryable: true, todo: 'Nothing: the next attempt attaches again.' },
} as const satisfies Record<string, FailureEntry>;

/** Refused logins, and accounts in which nothing can be run. */
const REFUSED = {
  'host-key-unknown': {
    retryable: false,
    todo: 'Put the key of the host into the known_hosts file of the fleet, after checking it.',
  },
  'host-key-changed': { retryable: false, todo: 'Find out why the key changed; only then replace it in known_hosts.' },
  'host-key-revoked': {
    retryable: false,
    todo: 'The known_hosts file calls this key revoked: give the host a new key, or find out who answers in its place.',
  },
  'host-key-authority-only': {
    retryable: false,
    todo: 'Certificate authorities (@cert-authority) are not supported: put the key of the host itself into the known_hosts file.',
  },
  'host-ssh-incompatible': {
    retryable: false,
    todo: 'Allow one of the algorithms named in sshd_config (KexAlgorithms, HostKeyAlgorithms, Ciphers, MACs).',
  },
  'host-auth-refused': {
    retryable: false,
    todo: 'Check user and key of the SSH settings, and authorized_keys on the host.',
  },
  'host-jump-refused': {
    retryable: false,
    todo: 'Allow forwarding for this user on the jump host: AllowTcpForwarding and PermitOpen in its sshd_config.',
  },
  'host-no-shell': {
    retryable: false,
    todo: 'Give the user a login shell that runs commands, and look at ForceCommand in sshd_config and command= in authorized_keys.',
  },
  'host-password-expired': {
    retryable: false,
    todo: 'Log in by hand and change the password of the user, or take its expiry away (chage -M -1 USER).',
  },
  'sudo-asks-password': {
    retryable: false,
    todo: 'Allow the user to run sudo without a password on this host: USER ALL=(root) NOPASSWD: ALL. sudo also asks users whom it does not know.',
  },
  'sudo-not-allowed': { retryable: false, todo: 'Allow the user to run sh as root in the sudoers file of this host.' },
  'sudo-needs-terminal': {
    retryable: false,
    todo: 'Take requiretty away for this user in the sudoers file: Defaults:USER !requiretty.',
  },
  'sudo-missing': {
    retryable: false,
    todo: 'Install sudo on the host, or log in as root with become: none.',
  },
  'sudo-refused': {
    retryable: false,
    todo: 'Mend what sudo says, on the host: sudo -n true, as this user, must succeed.',
  },
  'ssh-settings': {
    retryable: false,
    todo: 'Mend the SSH settings of the fleet: key file, its passphrase, the agent, or the known_hosts file.',
  },
} as const satisfies Record<string, FailureEntry>;

/** What the host itself refuses, or cannot do. */
const ON_THE_HOST = {
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
  'host-not-this-machine': {
    retryable: false,
    todo: 'Run nodetide, all its workers, on the machine that the plan means by connection: local; or reach it over SSH.',
  },
} as const satisfies Record<string, FailureEntry>;

/** Failures of reaching a host, or of what it refuses. */
export const HOST_FAILURES = { ...REACHING, ...REFUSED, ...ON_THE_HOST } as const;
