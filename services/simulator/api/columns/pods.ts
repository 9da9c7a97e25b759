import { conditionIs } from '../conditions.ts';
import { at, type Json, type Kube, listAt, plainText, textAt } from '../object.ts';
import { age, ageOf, type Column, nameColumn, text } from './column.ts';

function containersOf(pod: Kube): readonly Json[] {
  return listAt(pod, 'status', 'containerStatuses');
}

function isRunning(container: Json): boolean {
  return container['ready'] === true && at(container, 'state', 'running') !== undefined;
}

/** Why a container does not run, as kubectl shows it; '' when it runs, or nothing is known. */
function reasonOf(container: Json): string {
  const waiting = textAt(container, 'state', 'waiting', 'reason');
  if (waiting !== '') return waiting;
  const ended = at(container, 'state', 'terminated');
  if (ended === undefined) return '';
  const [reason, signal] = [textAt(ended, 'reason'), at(ended, 'signal')];
  if (reason !== '') return reason;
  return typeof signal === 'number' && signal !== 0
    ? `Signal:${signal}`
    : `ExitCode:${plainText(at(ended, 'exitCode'), '0')}`;
}

const ended: Readonly<Record<string, string>> = { Succeeded: 'Completed', Failed: 'Error' };

function phaseOf(pod: Kube): string {
  const phase = textAt(pod, 'status', 'phase');
  const own = textAt(pod, 'status', 'reason');
  if (own !== '') return own;
  // Where no kubelet has told of containers yet.
  if (phase === 'Pending' && textAt(pod, 'spec', 'nodeName') !== '') return 'ContainerCreating';
  return ended[phase] ?? phase;
}

function podStatus(pod: Kube): string {
  const phase = textAt(pod, 'status', 'phase');
  const isEnded = phase === 'Succeeded' || phase === 'Failed';
  if (pod.metadata.deletionTimestamp !== undefined && !isEnded) return 'Terminating';
  const containers = containersOf(pod);
  const reason = containers.map(reasonOf).findLast(one => one !== '') ?? phaseOf(pod);
  if (reason !== 'Completed' || !containers.some(isRunning)) return reason;
  return conditionIs(pod, 'Ready', 'True') ? 'Running' : 'NotReady';
}

/** Counted by the containers: a lost node's pods are not Ready, but nobody has told of their containers. */
function podReady(pod: Kube): string {
  const containers = listAt(pod, 'spec', 'containers').length;
  const statuses = containersOf(pod);
  if (statuses.length > 0) return `${statuses.filter(isRunning).length}/${containers}`;
  return `${conditionIs(pod, 'Ready', 'True') ? containers : 0}/${containers}`;
}

function podRestarts(pod: Kube, now: number): string {
  const statuses = containersOf(pod);
  const restarts = statuses.reduce((sum, one) => sum + Number(one['restartCount'] ?? 0), 0);
  const last = statuses
    .map(one => textAt(one, 'lastState', 'terminated', 'finishedAt'))
    .toSorted()
    .at(-1);
  return restarts === 0 || last === undefined || last === ''
    ? String(restarts)
    : `${restarts} (${ageOf(last, now)} ago)`;
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
  text('Nominated Node', pod => textAt(pod, 'status', 'nominatedNodeName') || '<none>', 1),
  text('Readiness Gates', gatesOf, 1),
];

function gatesOf(pod: Kube): string {
  const gates = listAt(pod, 'spec', 'readinessGates').map(gate => textAt(gate, 'conditionType'));
  if (gates.length === 0) return '<none>';
  return `${gates.filter(type => conditionIs(pod, type, 'True')).length}/${gates.length}`;
}
