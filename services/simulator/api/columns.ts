import { conditionIs, conditionOf } from './conditions.ts';
import { at, type Kube, listAt, plainText, textAt } from './object.ts';
import type { Resource } from './resources.ts';

/** A column kubectl shows. */
export interface Column {
  readonly name: string;
  readonly type: 'string' | 'integer';
  readonly format?: string;
  /** 1: only with `-o wide`. */
  readonly priority?: number;
  cell(object: Kube, now: number): string | number;
}

type Cell = Column['cell'];

function text(name: string, cell: Cell, priority = 0): Column {
  return { name, type: 'string', priority, cell };
}

function count(name: string, ...path: string[]): Column {
  return { name, type: 'integer', cell: object => numberAt(object, ...path) };
}

const nameColumn: Column = { name: 'Name', type: 'string', format: 'name', cell: object => object.metadata.name };
const age: Column = text('Age', (object, now) => ageOf(object.metadata.creationTimestamp, now));

function numberAt(object: Kube, ...path: string[]): number {
  const value = at(object, ...path);
  return typeof value === 'number' ? value : 0;
}

/** As kubectl writes durations: `12s`, `5m3s`, `7h`, `2d`. */
export function ageOf(timestamp: string | undefined, now: number): string {
  if (timestamp === undefined) return '<unknown>';
  const seconds = Math.max(0, Math.floor((now - Date.parse(timestamp)) / 1000));
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return seconds % 60 === 0 ? `${minutes}m` : `${minutes}m${seconds % 60}s`;
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 8) return minutes % 60 === 0 ? `${hours}h` : `${hours}h${minutes % 60}m`;
  return hours < 48 ? `${hours}h` : `${Math.floor(hours / 24)}d`;
}

function nodeStatus(node: Kube): string {
  const ready = conditionOf(node, 'Ready')?.['status'];
  const word = ready === 'True' ? 'Ready' : ready === undefined ? 'Unknown' : 'NotReady';
  return at(node, 'spec', 'unschedulable') === true ? `${word},SchedulingDisabled` : word;
}

function nodeRoles(node: Kube): string {
  const prefix = 'node-role.kubernetes.io/';
  const roles = Object.keys(node.metadata.labels ?? {}).filter(label => label.startsWith(prefix));
  return roles.length === 0
    ? '<none>'
    : roles
        .map(label => label.slice(prefix.length))
        .sort()
        .join(',');
}

function addressOf(node: Kube, type: string): string {
  return (
    textAt(
      listAt(node, 'status', 'addresses').find(address => address['type'] === type),
      'address',
    ) || '<none>'
  );
}

const nodeColumns: readonly Column[] = [
  nameColumn,
  text('Status', nodeStatus),
  text('Roles', nodeRoles),
  age,
  text('Version', node => textAt(node, 'status', 'nodeInfo', 'kubeletVersion')),
  text('Internal-IP', node => addressOf(node, 'InternalIP'), 1),
  text('External-IP', node => addressOf(node, 'ExternalIP'), 1),
  text('OS-Image', node => textAt(node, 'status', 'nodeInfo', 'osImage'), 1),
  text('Kernel-Version', node => textAt(node, 'status', 'nodeInfo', 'kernelVersion'), 1),
  text('Container-Runtime', node => textAt(node, 'status', 'nodeInfo', 'containerRuntimeVersion'), 1),
];

function podStatus(pod: Kube): string {
  if (pod.metadata.deletionTimestamp !== undefined) return 'Terminating';
  const phase = textAt(pod, 'status', 'phase');
  if (phase === 'Succeeded') return 'Completed';
  if (phase === 'Failed') return 'Error';
  return phase === 'Pending' && textAt(pod, 'spec', 'nodeName') !== '' ? 'ContainerCreating' : phase;
}

function podReady(pod: Kube): string {
  const containers = listAt(pod, 'spec', 'containers').length;
  return `${conditionIs(pod, 'Ready', 'True') ? containers : 0}/${containers}`;
}

function podRestarts(pod: Kube): string {
  return plainText(at(listAt(pod, 'status', 'containerStatuses')[0], 'restartCount'), '0');
}

const podColumns: readonly Column[] = [
  nameColumn,
  text('Ready', podReady),
  text('Status', podStatus),
  text('Restarts', podRestarts),
  age,
  text('IP', pod => textAt(pod, 'status', 'podIP') || '<none>', 1),
  text('Node', pod => textAt(pod, 'spec', 'nodeName') || '<none>', 1),
  text('Nominated Node', () => '<none>', 1),
  text('Readiness Gates', () => '<none>', 1),
];

const pdbColumns: readonly Column[] = [
  nameColumn,
  text('Min Available', pdb => plainText(at(pdb, 'spec', 'minAvailable'), 'N/A')),
  text('Max Unavailable', pdb => plainText(at(pdb, 'spec', 'maxUnavailable'), 'N/A')),
  count('Allowed Disruptions', 'status', 'disruptionsAllowed'),
  age,
];

function readyOf(object: Kube): string {
  return `${numberAt(object, 'status', 'readyReplicas')}/${numberAt(object, 'spec', 'replicas')}`;
}

function nodeSelectorOf(daemonSet: Kube): string {
  const selector = Object.entries(at(daemonSet, 'spec', 'template', 'spec', 'nodeSelector') ?? {});
  return selector.length === 0 ? '<none>' : selector.map(([key, value]) => `${key}=${value}`).join(',');
}

const others: Readonly<Record<string, readonly Column[]>> = {
  nodes: nodeColumns,
  pods: podColumns,
  poddisruptionbudgets: pdbColumns,
  namespaces: [nameColumn, text('Status', namespace => textAt(namespace, 'status', 'phase')), age],
  deployments: [
    nameColumn,
    text('Ready', readyOf),
    count('Up-to-date', 'status', 'updatedReplicas'),
    count('Available', 'status', 'availableReplicas'),
    age,
  ],
  replicasets: [
    nameColumn,
    count('Desired', 'spec', 'replicas'),
    count('Current', 'status', 'replicas'),
    count('Ready', 'status', 'readyReplicas'),
    age,
  ],
  statefulsets: [nameColumn, text('Ready', readyOf), age],
  daemonsets: [
    nameColumn,
    count('Desired', 'status', 'desiredNumberScheduled'),
    count('Current', 'status', 'currentNumberScheduled'),
    count('Ready', 'status', 'numberReady'),
    count('Up-to-date', 'status', 'updatedNumberScheduled'),
    count('Available', 'status', 'numberAvailable'),
    text('Node Selector', nodeSelectorOf),
    age,
  ],
  leases: [nameColumn, text('Holder', lease => textAt(lease, 'spec', 'holderIdentity')), age],
};

/** The columns of a kind; name and age where nothing else is known. */
export function columnsOf(r: Resource): readonly Column[] {
  return others[r.plural] ?? [nameColumn, text('Created At', object => object.metadata.creationTimestamp ?? '')];
}
