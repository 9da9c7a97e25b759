import { z } from 'zod';
import { option, required, section } from '../option.ts';
import { amount, failureBudget, oneOf, text, whole } from '../values.ts';
import { placeWaveTable } from './approval.ts';
import { inventorySchema } from './inventory.ts';
import { kubernetesSchema } from './kubernetes.ts';
import { policySchema, rolePolicySchema } from './policy.ts';
import { sshSchema } from './ssh.ts';
import { windowSchema } from './window.ts';

export const waveTable = {
  sequences: required(
    z.array(whole(0, 999_999_999)).min(1, { error: 'at least one sequence: a wave without any can hold no node' }),
    'Sequences that go together.',
  ),
  concurrency: option(
    amount,
    "Most nodes of this wave away at once; a share of the wave's nodes rounds down, to at least 1.",
    {
      default: 1,
    },
  ),
  windows: option(
    z.array(windowSchema),
    'When work may begin on nodes of this wave, in the place of the windows of the cluster; [] is always. Freezes hold all the same.',
    { otherwise: 'those of the cluster' },
  ),
  failureBudget: option(
    failureBudget,
    "Failures this wave bears before no further node of it starts, within those of its cluster and of the rollout. A share of the wave's nodes rounds down.",
    { otherwise: 'none of its own' },
  ),
  ...placeWaveTable,
};

const waveSchema = section('Wave', 'Sequences that go together. Waves go one after another.', waveTable);

export type WaveFile = z.output<typeof waveSchema>;

const roleSchema = section('Role', 'What is different for nodes of one role.', {
  policy: required(rolePolicySchema, 'What is different.'),
});

/** What a cluster says, and what `defaults` says for all. */
const common = {
  inventory: option(inventorySchema, 'Where hosts come from.', { otherwise: 'the Nodes of Kubernetes' }),
  ssh: option(sshSchema, 'How hosts are reached.'),
  waves: option(
    z.array(waveSchema).min(1, { error: 'at least one wave' }),
    'The waves, in order. A list of a cluster replaces the list of defaults.',
    { otherwise: 'must be said somewhere' },
  ),
  unsequenced: option(
    oneOf('refuse', 'last-wave'),
    'Nodes without a sequence: refuse to plan, or let them go after all others, one at a time.',
    { default: 'refuse' },
  ),
  policy: option(policySchema, 'How nodes are treated, and what limits hold over the cluster.'),
  roles: option(
    z.record(text('a role without spaces or "+"', /^[^\s+]+$/), roleSchema),
    'What is different for nodes of a role. A role wins over its cluster, a later role over an earlier one.',
  ),
};

export const commonTable = common;

/** `defaults` of the fleet. */
export const defaultsSchema = section('Defaults', 'What holds for every cluster that does not say otherwise.', common);

/** One cluster of the fleet. */
export const clusterSchema = section('Cluster', 'One cluster and its hosts.', {
  kubernetes: required(kubernetesSchema, 'How its API is reached, or none for hosts without Kubernetes.'),
  ...common,
});

export type ClusterFile = z.output<typeof clusterSchema>;
export type DefaultsFile = z.output<typeof defaultsSchema>;
