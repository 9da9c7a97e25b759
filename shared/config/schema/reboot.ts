import { z } from 'zod';
import { option, section } from '../option.ts';
import { anyText, oneOf, positiveDuration, text, yesNo } from '../values.ts';

export const rebootTable = {
  when: option(oneOf('if-needed', 'always', 'never'), 'When a node is rebooted after its upgrade.', {
    default: 'if-needed',
  }),
  command: option(anyText, 'POSIX sh text that reboots, run as root; empty is systemctl reboot.', { default: '' }),
  sentinelFiles: option(
    z.array(text('an absolute path on the host', /^\//)),
    'Files on the host whose presence says that a reboot is due.',
    { default: ['/var/run/reboot-required'] },
  ),
  sentinelCommand: option(
    anyText,
    'POSIX sh text, run as root: exit 0 says that a reboot is due, 1 that none is, anything else is an error. Empty: none.',
    { default: '' },
  ),
  compareKernels: option(yesNo, 'A newest installed kernel that is not the running one makes a reboot due.', {
    default: true,
  }),
  orderValid: option(positiveDuration, "The host refuses a reboot order older than this, by the host's own clock.", {
    default: '1m',
  }),
  confirmMaxAge: option(
    positiveDuration,
    'Cordon and drain must have been seen to hold at most this long before the reboot.',
    { default: '1m' },
  ),
};

/** `policy.reboot`. */
export const rebootSchema = section('Reboot', 'When and how a node is rebooted.', rebootTable);
