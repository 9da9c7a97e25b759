import { z } from 'zod';
import { option, required, section } from '../../option.ts';
import { oneOf, words } from '../../values.ts';
import { gateTable } from './common.ts';

export const commandGateTable = {
  kind: required(z.literal('command'), 'Closed as long as a command of your own ends with 1.'),
  ...gateTable(['claim', 'reboot']),
  command: required(
    words,
    'POSIX sh text, run on the machine nodetide runs on: exit 0 is open, 1 closed with its last line as the reason, all else an error.',
  ),
  of: option(oneOf('cluster', 'node'), 'Whether it is run once, or for each node.', { default: 'cluster' }),
};

/** A gate of kind `command`. */
export const commandGateSchema = section(
  'CommandGate',
  'A command of your own, on the machine nodetide runs on.',
  commandGateTable,
);
