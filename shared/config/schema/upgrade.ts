import { z } from 'zod';
import { PROTECTED_PACKAGES } from '../../domain/policy.ts';
import { option, section } from '../option.ts';
import { anyText, duration, oneOf, text } from '../values.ts';

const pattern = text('the name of a package, or a pattern with * and ?', /^[A-Za-z0-9_*?][A-Za-z0-9_*?+.-]{0,199}$/);

export const upgradeTable = {
  manager: option(
    oneOf('auto', 'apt', 'dnf', 'zypper', 'rpm-ostree', 'transactional-update', 'command', 'none'),
    'What upgrades packages: found by looking at the host; apt; dnf (or yum); zypper; rpm-ostree or transactional-update, where the system is an image; your own command; or nothing at all.',
    { default: 'auto' },
  ),
  command: option(anyText, 'POSIX sh text, run as root; only and always with manager: command.', { default: '' }),
  mode: option(
    oneOf('all', 'security', 'packages', 'dist-upgrade'),
    'all: every package that has a newer version; security: only what comes from a security repository (apt) or has a security notice (dnf, zypper); packages: only those named below; dist-upgrade: the same verb of apt and zypper, which may also remove packages (those of allowRemovals); dnf takes it as all.',
    { default: 'all' },
  ),
  packages: option(z.array(pattern), 'For mode packages: which installed packages are upgraded.', { default: [] }),
  exclude: option(z.array(pattern), 'Packages that are left as they are.', { default: [] }),
  protect: option(
    z.array(pattern),
    'Packages that are left as they are because they are upgraded by another way than with the system. A list given here replaces the default one.',
    { default: [...PROTECTED_PACKAGES] },
  ),
  configFiles: option(
    oneOf('keep', 'replace'),
    'For apt: what becomes of a configuration file that was changed on the host and by the new package.',
    { default: 'keep' },
  ),
  allowRemovals: option(
    z.array(pattern),
    'Packages that an upgrade may remove. An upgrade that would remove any other is refused before it begins.',
    { default: [] },
  ),
  baseline: option(
    oneOf('off', 'warn', 'block', 'pin'),
    'In a stage after the first: what becomes of a package version that no verified host of an earlier stage (same distribution, release and architecture) has. off: not looked at; warn: upgraded, and told; block: the upgrade is refused before it begins; pin: it is not taken, the newest proven version that can be had is.',
    { default: 'warn' },
  ),
  lockWait: option(duration, 'How long to wait while somebody else holds the package lock.', { default: '10m' }),
};

/** `policy.upgrade`. */
export const upgradeSchema = section('Upgrade', 'What is upgraded, and by what.', upgradeTable);
