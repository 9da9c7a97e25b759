import type { FailureEntry } from './entry.ts';

/** Failures of package managers. */
export const PACKAGE_FAILURES = {
  'packages-locked': { retryable: true, todo: 'Wait for the holder of the package lock, or stop it.' },
  'packages-repository-unreachable': {
    retryable: true,
    todo: 'Check from the host that the repository named answers (name, proxy, firewall, mirror), or take it out of the sources.',
  },
  'packages-refresh-failed': {
    retryable: true,
    todo: 'Check the repositories the host uses: signatures, expired lists, a mirror in the midst of its update.',
  },
  'packages-no-space': {
    retryable: false,
    todo: 'Free space on the file system named (old kernels in /boot, the package cache), then retry the node. Nothing was changed.',
  },
  'packages-removal-refused': {
    retryable: false,
    todo: 'The upgrade would remove the packages named. If they may go, add them to upgrade.allowRemovals; else mend what forces them out. Nothing was changed.',
  },
  'packages-not-proven': {
    retryable: false,
    todo: 'The upgrade would bring versions that no host of an earlier stage was verified with. Let an earlier stage take them first (a new rollout), set upgrade.baseline to pin or warn, or exclude the packages named. Nothing was changed.',
  },
  'packages-image-whole': {
    retryable: false,
    todo: 'This host is upgraded as an image, which comes whole. Take the packages named out of upgrade.protect or exclude (protect: []), or keep them out on the host itself (zypper addlock, rpm-ostree override), then retry the node. Nothing was changed.',
  },
  'packages-image-driver': {
    retryable: false,
    todo: 'Something else upgrades and reboots this host by itself. Turn it off (systemctl disable --now zincati.service), then retry the node. Nothing was changed.',
  },
  'packages-mode-unsupported': {
    retryable: false,
    todo: 'Choose an upgrade.mode that the package manager of this host has (docs/hosts.md). Nothing was changed.',
  },
  'packages-dependencies-broken': {
    retryable: false,
    todo: 'Let the package manager show on the host what cannot be met; mend held, broken or half-mirrored packages, then retry the node.',
  },
  'packages-set-up-failed': {
    retryable: false,
    todo: 'The own script of a package failed: read the log above its name, mend the cause on the host (a service that does not start, a configuration file), then retry the node.',
  },
  'packages-interrupted': {
    retryable: false,
    todo: 'An earlier package transaction was cut off and could not be ended: end it by hand on the host (dpkg --configure -a), then retry the node.',
  },
  'packages-upgrade-failed': {
    retryable: false,
    todo: 'Look at the log, mend the packages on the host, then retry the node.',
  },
  'packages-unknown-manager': { retryable: false, todo: 'Name the package manager of this host in the policy.' },
} as const satisfies Record<string, FailureEntry>;
