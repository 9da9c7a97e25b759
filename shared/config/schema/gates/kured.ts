import { z } from 'zod';
import { option, required, section } from '../../option.ts';
import { dnsName, oneOf, positiveDuration } from '../../values.ts';
import { gateTable } from './common.ts';

export const kuredGateTable = {
  kind: required(z.literal('kured'), 'A kured that runs in the same cluster.'),
  ...gateTable(['claim', 'reboot']),
  lock: option(
    oneOf('hold', 'honour'),
    'hold: its lock is ours while nodes are away, so that it reboots none meanwhile. honour: no node begins while somebody else has it.',
    { default: 'hold' },
  ),
  namespace: option(dnsName, 'Namespace of its DaemonSet.', { default: 'kube-system' }),
  daemonSet: option(dnsName, 'Name of its DaemonSet.', { default: 'kured' }),
  ttl: option(
    positiveDuration,
    'A lock of ours that is not renewed for so long has expired: longer than nodetide may be away.',
    { default: '1h' },
  ),
};

/** A gate of kind `kured`. */
export const kuredGateSchema = section(
  'KuredGate',
  "kured's lock: honoured, or held while nodes are away.",
  kuredGateTable,
);
