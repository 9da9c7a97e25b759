import { z } from 'zod';
import { option, required, section } from '../../option.ts';
import { text, words, yesNo } from '../../values.ts';
import { gateTable } from './common.ts';

export const cephGateTable = {
  kind: required(z.literal('ceph'), 'Closed as long as Ceph is not whole.'),
  ...gateTable(['claim', 'reboot', 'recovery']),
  command: option(
    words,
    'How ceph is called where nodetide runs: POSIX sh text to which words such as status --format json are added.',
    { default: 'ceph' },
  ),
  noout: option(yesNo, 'Sets the flag noout while nodes are away, so that no data is moved meanwhile.', {
    default: false,
  }),
  ignore: option(
    z.array(text('a code such as RECENT_CRASH', /^[A-Z][A-Z0-9_]*$/)),
    'Codes of health warnings that do not count.',
    { default: [] },
  ),
};

/** A gate of kind `ceph`. */
export const cephGateSchema = section(
  'CephGate',
  'Ceph, as its own command sees it: healthy, and all placement groups active and clean.',
  cephGateTable,
);
