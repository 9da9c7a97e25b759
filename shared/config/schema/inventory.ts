import { z } from 'zod';
import { ROLE_PREFIX } from '../../domain/labels.ts';
import { option, required, section } from '../option.ts';
import { address, anyText, dnsName, labelSelector, oneOf, path, port, text, whole, words, yesNo } from '../values.ts';
import { sshSchema } from './ssh.ts';

const overrides = option(
  yesNo,
  'Its values replace those of the sources before it; otherwise two different values for one host are a conflict.',
  { default: false },
);

export const kubernetesSourceTable = {
  kind: required(z.literal('kubernetes'), "The cluster's Nodes."),
  sequenceLabel: option(words, 'Label that holds the sequence.', { default: 'nodetide.io/sequence' }),
  roleLabelPrefixes: option(
    z.array(words),
    'Where roles are: a prefix that ends in / gives the rest of the key as role, any other label its value.',
    { default: [ROLE_PREFIX] },
  ),
  addressType: option(
    text('an address type such as InternalIP, ExternalIP or Hostname', /^[A-Za-z]+$/),
    'Which address of a Node is used.',
    { default: 'InternalIP' },
  ),
  selector: option(labelSelector, 'Only Nodes with these labels; the others are left out.', { default: '' }),
  overrides,
};

const kubernetesSourceSchema = section('KubernetesSource', "Hosts are the cluster's Nodes.", kubernetesSourceTable);

export const staticHostTable = {
  name: required(dnsName, 'Name of the host; for a Node, the name of the Node.'),
  address: option(address, 'Name or IP address.', { otherwise: 'as another source says' }),
  port: option(port, 'Port of its SSH server.', { otherwise: "the cluster's" }),
  sequence: option(whole(0, 999_999_999), 'Its sequence.', { otherwise: 'as another source says' }),
  roles: option(z.array(words), 'Its roles, besides those other sources say.', { default: [] }),
  kubernetes: option(yesNo, 'false: it is no Node of the cluster, so nothing is cordoned or drained.', {
    default: true,
  }),
  connection: option(
    oneOf('ssh', 'local'),
    'local: it is the machine that nodetide itself runs on, and commands are run there without SSH; at most one host, and not from inside a container.',
    { default: 'ssh' },
  ),
  ssh: option(sshSchema, 'What is different in reaching this host.'),
};

const staticHostSchema = section('Host', 'One host.', staticHostTable);

/** One host as written, checked. */
export type StaticHostFile = z.output<typeof staticHostSchema>;

const staticSourceSchema = section('StaticSource', 'Hosts are listed here.', {
  kind: required(z.literal('static'), 'A list of hosts.'),
  nodes: required(z.array(staticHostSchema), 'The hosts.'),
  overrides,
});

export const saltSourceTable = {
  kind: required(z.literal('salt'), 'A file of Salt grains.'),
  file: required(path, "Output of salt '*' grains.items --out=json, with or without --static."),
  nameGrain: option(anyText, 'Grain that holds the name.', { otherwise: "the minion's id" }),
  sequenceGrain: option(words, 'Grain that holds the sequence.', { default: 'orch_seq' }),
  rolesGrain: option(words, 'Grain that holds a role or a list of roles.', { default: 'roles' }),
  addressGrain: option(words, 'Grain that holds the address, or a list whose first that is not loopback is used.', {
    default: 'ipv4',
  }),
  contextGrain: option(anyText, 'Grain that says to which cluster a minion belongs; empty: all minions are meant.', {
    default: 'context',
  }),
  context: option(words, 'Value of that grain for this cluster.', {
    otherwise: "the cluster's Kubernetes context, else its name",
  }),
  overrides,
};

const saltSourceSchema = section('SaltSource', 'Hosts are minions of a Salt master.', saltSourceTable);

const KINDS = { error: 'kind: kubernetes, static or salt' };

/** `inventory` of the fleet or of a cluster. */
export const inventorySchema = section('Inventory', 'Where hosts, their sequences and roles come from.', {
  sources: required(
    z
      .array(z.discriminatedUnion('kind', [kubernetesSourceSchema, staticSourceSchema, saltSourceSchema], KINDS))
      .min(1, { error: 'at least one source' }),
    'Sources, merged by the name of the host.',
  ),
});

export type InventoryFile = z.output<typeof inventorySchema>;
