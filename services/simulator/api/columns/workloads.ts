import { conditionIs } from '../conditions.ts';
import { at, type Kube, listAt, plainText, textAt } from '../object.ts';
import {
  age,
  type Column,
  containerColumns,
  count,
  durationOf,
  nameColumn,
  numberAt,
  selectorColumn,
  shownLabels,
  text,
} from './column.ts';

function readyOf(object: Kube): string {
  return `${numberAt(object, 'status', 'readyReplicas')}/${numberAt(object, 'spec', 'replicas')}`;
}

function jobStatus(job: Kube): string {
  for (const type of ['Complete', 'Failed', 'Suspended', 'FailureTarget'])
    if (conditionIs(job, type, 'True')) return type;
  return job.metadata.deletionTimestamp === undefined ? 'Running' : 'Terminating';
}

function completionsOf(job: Kube): string {
  const wanted = at(job, 'spec', 'completions') ?? at(job, 'spec', 'parallelism') ?? 1;
  return `${numberAt(job, 'status', 'succeeded')}/${plainText(wanted)}`;
}

function jobDuration(job: Kube, now: number): string {
  const start = Date.parse(textAt(job, 'status', 'startTime'));
  const end = Date.parse(textAt(job, 'status', 'completionTime'));
  if (Number.isNaN(start)) return '';
  return durationOf((Number.isNaN(end) ? now : end) - start);
}

/** The workloads' columns, by plural. */
export const workloadColumns: Readonly<Record<string, readonly Column[]>> = {
  deployments: [
    nameColumn,
    text('Ready', readyOf),
    { ...count('Up-to-date', 'status', 'updatedReplicas'), type: 'string' },
    { ...count('Available', 'status', 'availableReplicas'), type: 'string' },
    age,
    ...containerColumns,
    selectorColumn,
  ],
  replicasets: [
    nameColumn,
    count('Desired', 'spec', 'replicas'),
    count('Current', 'status', 'replicas'),
    count('Ready', 'status', 'readyReplicas'),
    age,
    ...containerColumns,
    selectorColumn,
  ],
  replicationcontrollers: [
    nameColumn,
    count('Desired', 'spec', 'replicas'),
    count('Current', 'status', 'replicas'),
    count('Ready', 'status', 'readyReplicas'),
    age,
    ...containerColumns,
    text('Selector', owner => shownLabels(at(owner, 'spec', 'selector')), 1),
  ],
  statefulsets: [nameColumn, text('Ready', readyOf), age, ...containerColumns],
  daemonsets: [
    nameColumn,
    count('Desired', 'status', 'desiredNumberScheduled'),
    count('Current', 'status', 'currentNumberScheduled'),
    count('Ready', 'status', 'numberReady'),
    count('Up-to-date', 'status', 'updatedNumberScheduled'),
    count('Available', 'status', 'numberAvailable'),
    text('Node Selector', set => shownLabels(at(set, 'spec', 'template', 'spec', 'nodeSelector'))),
    age,
    ...containerColumns,
    selectorColumn,
  ],
  jobs: [
    nameColumn,
    text('Status', jobStatus),
    text('Completions', completionsOf),
    text('Duration', jobDuration),
    age,
    ...containerColumns,
    selectorColumn,
  ],
  cronjobs: [
    nameColumn,
    text('Schedule', job => textAt(job, 'spec', 'schedule')),
    text('Timezone', job => textAt(job, 'spec', 'timeZone') || '<none>'),
    { name: 'Suspend', type: 'boolean', cell: job => at(job, 'spec', 'suspend') === true },
    { name: 'Active', type: 'integer', cell: job => listAt(job, 'status', 'active').length },
    text('Last Schedule', job => textAt(job, 'status', 'lastScheduleTime') || '<none>'),
    age,
    ...containerColumns,
    selectorColumn,
  ],
  horizontalpodautoscalers: [
    nameColumn,
    text('Reference', hpa => ['kind', 'name'].map(field => textAt(hpa, 'spec', 'scaleTargetRef', field)).join('/')),
    text('Targets', () => '<none>'),
    text('MinPods', hpa => plainText(at(hpa, 'spec', 'minReplicas'), '<unset>')),
    text('MaxPods', hpa => plainText(at(hpa, 'spec', 'maxReplicas'))),
    text('Replicas', hpa => plainText(at(hpa, 'status', 'currentReplicas'), '0')),
    age,
  ],
};
