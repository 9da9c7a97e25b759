import { option, section } from '../option.ts';
import { dnsName, text, yesNo } from '../values.ts';

export const nodeLeaseTable = {
  enabled: option(yesNo, 'Take it before the cordon, and give it back with the node.', { default: true }),
  namespace: option(dnsName, 'Its namespace, which must be there.', { otherwise: 'leaseNamespace' }),
  prefix: option(
    text('the beginning of a DNS name, such as nodetide-node-', /^[a-z0-9][-a-z0-9.]{0,99}$/),
    'Its name is this, followed by the name of the node.',
    { default: 'nodetide-node-' },
  ),
};

/** `policy.nodeLease`. */
export const nodeLeaseSchema = section(
  'NodeLease',
  'A Lease for each node that is away. Operators of medik8s look at namespace medik8s-leases, prefix node-.',
  nodeLeaseTable,
);
