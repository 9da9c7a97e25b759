import { z } from 'zod';
import { REBOOT_CHECKS } from '../../domain/policy.ts';
import { option, section } from '../option.ts';
import { anyText, oneOf, positiveDuration, text, yesNo } from '../values.ts';

export const rebootTable = {
  when: option(oneOf('if-needed', 'always', 'never'), 'When a node is rebooted after its upgrade.', {
    default: 'if-needed',
  }),
  command: option(anyText, 'POSIX sh text that reboots, run on the host as root; empty is systemctl reboot.', {
    default: '',
  }),
  controlCommand: option(
    anyText,
    'POSIX sh text that reboots the host from outside (ipmitool, the API of a cloud), run on the machine nodetide runs on. NODETIDE_* variables say which host.',
    { default: '' },
  ),
  shutdownFirst: option(
    yesNo,
    'true: the host shuts down cleanly first, and controlCommand turns it on; false: controlCommand reboots a host that is up.',
    { otherwise: 'must be said with controlCommand' },
  ),
  controlTimeout: option(positiveDuration, 'How long controlCommand may take.', { default: '2m' }),
  downTimeout: option(positiveDuration, 'From the order until the host is seen down, or back after its reboot.', {
    default: '5m',
  }),
  upTimeout: option(positiveDuration, 'From when it was seen down until it is back. Bare metal may take 20 minutes.', {
    default: '25m',
  }),
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
  checks: option(
    z.union([z.literal('auto'), z.array(oneOf(...REBOOT_CHECKS)).min(1, { error: 'auto, or at least one check' })], {
      error: `auto, or a list of ${REBOOT_CHECKS.join(', ')}`,
    }),
    'What is asked whether a reboot is due: `auto` asks what the host has; a check that is named must be there.',
    { default: 'auto' },
  ),
  match: option(
    oneOf('any', 'all'),
    'Whether one check that says so makes a reboot due, or only all that could be asked.',
    { default: 'any' },
  ),
  checkTimeout: option(positiveDuration, 'A single check that takes longer is a failure.', { default: '2m' }),
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
