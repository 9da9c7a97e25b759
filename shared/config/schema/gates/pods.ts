import { z } from 'zod';
import { option, required, section } from '../../option.ts';
import { dnsName, labelSelector, oneOf } from '../../values.ts';
import { gateTable } from './common.ts';

export const podsGateTable = {
  kind: required(z.literal('pods'), 'Closed as long as certain pods run.'),
  ...gateTable(['claim', 'reboot']),
  selector: required(labelSelector, 'Labels of the pods that must not be disturbed.'),
  namespace: option(dnsName, 'Their namespace.', { otherwise: 'all' }),
  where: option(oneOf('node', 'anywhere'), 'Which of them: those on the node itself, or all in the cluster.', {
    default: 'node',
  }),
};

/** A gate of kind `pods`. */
export const podsGateSchema = section(
  'PodsGate',
  'Pods that must not be disturbed: a backup, a long job.',
  podsGateTable,
);
