import { option, section } from '../option.ts';
import { anyText, duration, oneOf } from '../values.ts';

export const upgradeTable = {
  manager: option(
    oneOf('auto', 'apt', 'command', 'none'),
    'What upgrades packages: found from os-release, apt, your own command, or nothing at all.',
    { default: 'auto' },
  ),
  command: option(anyText, 'POSIX sh text, run as root; only and always with manager: command.', { default: '' }),
  mode: option(oneOf('upgrade', 'dist-upgrade'), 'For apt: upgrade never removes a package, dist-upgrade may.', {
    default: 'dist-upgrade',
  }),
  lockWait: option(duration, 'How long to wait while somebody else holds the package lock.', { default: '10m' }),
};

/** `policy.upgrade`. */
export const upgradeSchema = section('Upgrade', 'What is upgraded, and by what.', upgradeTable);
