import { required, section } from '../option.ts';
import { amount, text } from '../values.ts';

/** One limit of `policy.maxUnavailablePer`. */
export const topologyLimitSchema = section(
  'TopologyLimit',
  'How many nodes of one zone, rack or the like may be away.',
  {
    label: required(
      text(
        'the key of a label, such as topology.kubernetes.io/zone',
        /^(?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/,
      ),
      'The label of Nodes whose values are told apart.',
    ),
    max: required(amount, 'Most nodes with the same value away at once. A share of them rounds down, to at least 1.'),
  },
);
