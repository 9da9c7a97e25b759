import { z } from 'zod';
import { urlTrouble } from '../../../domain/probe-url.ts';
import { option, required, section } from '../../option.ts';
import { labelSelector, words, yesNo } from '../../values.ts';
import { gateTable } from './common.ts';

const URL_TEXT = 'an http or https URL, which may hold {address} and {node}';

export const quorumGateTable = {
  kind: required(z.literal('quorum'), 'Members of the control plane or of etcd go only while all others are well.'),
  ...gateTable(['claim', 'reboot', 'verify']),
  enabled: option(yesNo, 'false switches off the gate that every cluster has for its control plane.', {
    default: true,
  }),
  selector: option(labelSelector, 'Labels of the Nodes that are members.', {
    otherwise: 'the Nodes of the control plane and of etcd, by role',
  }),
  command: option(
    words,
    'POSIX sh text for the machine nodetide runs on that prints the members, one a line: NAME, NAME healthy, or NAME unhealthy REASON. Names of Nodes, or of etcd servers elsewhere.',
    { otherwise: 'members are Nodes' },
  ),
  healthUrl: option(
    z.string({ error: URL_TEXT }).superRefine((value, context) => {
      const trouble = urlTrouble(value);
      if (trouble !== null) context.addIssue(`${URL_TEXT}: ${trouble}`);
    }),
    'What each member must answer with 2xx. {address} and {node} stand for those of the member.',
    { otherwise: 'not asked' },
  ),
  insecure: option(yesNo, 'Take any certificate from healthUrl.', { default: false }),
};

/** A gate of kind `quorum`. */
export const quorumGateSchema = section(
  'QuorumGate',
  'Members of a quorum. Every cluster has one for its control plane, named control-plane, unless one of this kind without selector and command is written.',
  quorumGateTable,
);
