import { z } from 'zod';
import { option, section } from '../option.ts';
import { amount, dnsName, duration, failureBudget, labelSelector, oneOf, positiveDuration, yesNo } from '../values.ts';
import { placePolicyTable } from './approval.ts';
import { cordonSchema } from './cordon.ts';
import { drainSchema } from './drain.ts';
import { gatesSchema } from './gates.ts';
import { hooksSchema } from './hooks.ts';
import { stepsSchema } from './limits.ts';
import { nodeLeaseSchema } from './node-lease.ts';
import { preflightSchema } from './preflight.ts';
import { rebootSchema } from './reboot.ts';
import { topologyLimitSchema } from './topology.ts';
import { upgradeSchema } from './upgrade.ts';
import { verifySchema } from './verify.ts';
import { freezeSchema, windowSchema } from './window.ts';

/** What may differ from node to node. */
export const nodePolicyTable = {
  cordon: option(cordonSchema, 'How pods are kept off a node while it is away.'),
  drain: option(drainSchema, 'How a node is emptied.'),
  upgrade: option(upgradeSchema, 'What is upgraded, and by what.'),
  reboot: option(rebootSchema, 'When and how a node is rebooted.'),
  verify: option(verifySchema, 'What must hold before a node counts as well.'),
  steps: option(stepsSchema, 'How long and how often each step is tried.'),
  onInterrupted: option(
    oneOf('release', 'hold'),
    'A cordoned node on which nothing was changed yet and whose chain cannot go on: give it back, or keep it cordoned.',
    { default: 'release' },
  ),
  cordonedByOthers: option(
    oneOf('skip', 'keep-cordoned'),
    'A node that somebody else cordoned: leave it out, or upgrade it and leave it cordoned.',
    { default: 'skip' },
  ),
  hooks: option(
    hooksSchema,
    'Commands of your own around steps, nodes, waves and clusters, in this order. A list of a cluster replaces the list of defaults; that of a role is added to it, and a hook of the same name takes the place of the other.',
    { otherwise: 'none' },
  ),
};

const NODE_TAKES = 'auto, or a duration with its unit, such as 45m or 1h30m';

export const windowPolicyTable = {
  windows: option(
    z.array(windowSchema),
    'When work may begin on nodes; [] is always. A list of a cluster replaces the one of defaults.',
    { default: [] },
  ),
  freezes: option(
    z.array(freezeSchema),
    'Days, or events of a calendar, in which nothing begins, whatever the windows say. A list of a cluster replaces the one of defaults.',
    { default: [] },
  ),
  nodeTakes: option(
    z.union([z.literal('auto'), positiveDuration], { error: NODE_TAKES }),
    'A node begins only if the window stays open for at least this long. auto: as long as 95 % of the nodes of the cluster with the same roles took; 30m as long as fewer than five are known.',
    { default: 'auto' },
  ),
};

/** What holds for a cluster as a whole. */
export const clusterPolicyTable = {
  maxUnavailable: option(
    amount,
    "Most nodes away at once: being worked on, not Ready or cordoned. A share of the cluster's nodes rounds down, to at least 1.",
    { default: 1 },
  ),
  failureBudget: option(
    failureBudget,
    "Failures a cluster bears before no further node of it starts, within those of the rollout. A share of the cluster's planned nodes rounds down.",
    { otherwise: 'none of its own' },
  ),
  maxUnavailablePer: option(
    z.array(topologyLimitSchema),
    'The same for each value of a label of the Nodes, besides: one node of a zone, a tenth of a rack. Nodes without the label count together.',
    { default: [] },
  ),
  recoverySoak: option(duration, 'After uncordon the next node waits until the cluster has been well for this long.', {
    default: '30s',
  }),
  minTimeBetweenReboots: option(
    duration,
    'At least so long lies between two reboots of the cluster, by whatever rollout, from when the last one was back.',
    { default: '0s' },
  ),
  factsMaxAge: option(
    positiveDuration,
    'What is known of the cluster must not be older than this for a node to start.',
    {
      default: '30s',
    },
  ),
  allowControlPlaneOutage: option(
    yesNo,
    'Control planes of one or two members lose their quorum in a reboot: refused unless this is true.',
    { default: false },
  ),
  leaseNamespace: option(dnsName, 'Namespace of the Lease that keeps a second rollout off the cluster.', {
    default: 'kube-system',
  }),
  nodeLease: option(nodeLeaseSchema, 'A Lease for each node, so that other tools keep away while it is worked on.'),
  ownNode: option(
    oneOf('last', 'refuse'),
    'A node that nodetide itself runs on: let it go last in its wave, or refuse to plan it.',
    { default: 'last' },
  ),
  ownPods: option(labelSelector, 'Labels of the pods of nodetide itself, in any namespace; empty does not look.', {
    default: 'app.kubernetes.io/part-of=nodetide',
  }),
  nodeEvents: option(yesNo, 'Tell of each step in a Kubernetes Event on the Node, for kubectl describe.', {
    default: true,
  }),
};

const gates = option(
  gatesSchema,
  'What must hold before a node is taken, and again right before its reboot. A list of a cluster replaces the one of defaults.',
  { otherwise: 'none' },
);

const preflight = option(preflightSchema, 'What is done about what a preflight finds.');

/** `policy` of the fleet or of a cluster. */
export const policySchema = section('Policy', 'How nodes are treated, and what limits hold over a cluster.', {
  ...clusterPolicyTable,
  ...windowPolicyTable,
  ...placePolicyTable,
  gates,
  preflight,
  ...nodePolicyTable,
});

/** `policy` of a role. */
export const rolePolicySchema = section('RolePolicy', 'What is different for nodes of a role.', nodePolicyTable);
