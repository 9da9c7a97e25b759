import { conditionIs } from '../conditions.ts';
import { at, type Kube, listAt, plainText, textAt } from '../object.ts';
import { age, type Column, nameColumn, text } from './column.ts';

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

/** `kubectl get pods`. */
export const podColumns: readonly Column[] = [
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
