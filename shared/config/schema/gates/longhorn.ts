import { z } from 'zod';
import { option, required, section } from '../../option.ts';
import { dnsName } from '../../values.ts';
import { gateTable } from './common.ts';

export const longhornGateTable = {
  kind: required(z.literal('longhorn'), 'Closed as long as volumes of Longhorn lack replicas.'),
  ...gateTable(['claim', 'reboot', 'recovery']),
  namespace: option(dnsName, 'Namespace of Longhorn.', { default: 'longhorn-system' }),
};

/** A gate of kind `longhorn`. */
export const longhornGateSchema = section(
  'LonghornGate',
  'Volumes of Longhorn: none may be degraded or faulted.',
  longhornGateTable,
);
