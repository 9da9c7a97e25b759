import { conditionOf } from '../conditions.ts';
import { at, type Kube, listAt, textAt } from '../object.ts';
import { age, type Column, nameColumn, text } from './column.ts';

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

/** As servers from 1.36 on show it: with the architecture. */
function kernelOf(node: Kube): string {
  const kernel = textAt(node, 'status', 'nodeInfo', 'kernelVersion') || '<unknown>';
  const architecture = textAt(node, 'status', 'nodeInfo', 'architecture');
  return architecture === '' ? kernel : `${kernel} (${architecture})`;
}

/** `kubectl get nodes`. */
export const nodeColumns: readonly Column[] = [
  nameColumn,
  text('Status', nodeStatus),
  text('Roles', nodeRoles),
  age,
  text('Version', node => textAt(node, 'status', 'nodeInfo', 'kubeletVersion')),
  text('Internal-IP', node => addressOf(node, 'InternalIP'), 1),
  text('External-IP', node => addressOf(node, 'ExternalIP'), 1),
  text('OS-Image', node => textAt(node, 'status', 'nodeInfo', 'osImage') || '<unknown>', 1),
  text('Kernel-Version', kernelOf, 1),
  text('Container-Runtime', node => textAt(node, 'status', 'nodeInfo', 'containerRuntimeVersion') || '<unknown>', 1),
];
