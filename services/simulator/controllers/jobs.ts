import { conditionIs, type NewCondition, withCondition } from '../api/conditions.ts';
import type { Core } from '../api/core.ts';
import { at, type Json, type Kube, kubeTime, textAt } from '../api/object.ts';
import { deleteObject, readDeleteOptions } from '../api/remove.ts';
import { resourceOf } from '../api/resources.ts';
import { createPod, isActive, isHealthy, ownedPods } from './pods.ts';
import { createQueue, keyOf, splitKey } from './queue.ts';

const jobs = resourceOf('jobs');
const pods = resourceOf('pods');

/** How many of a job's pods have ended so far, those that are listed no more among them. */
interface Tally {
  succeeded: number;
  failed: number;
}

/** Runs a job's pods until enough have succeeded or too many have failed. A pod deleted before its end has failed. */
export function startJobs(core: Core): () => void {
  const tallies = new Map<string, Tally>();
  const queue = createQueue(core, 'job', key => {
    const job = core.store.get(jobs, ...splitKey(key));
    if (job !== undefined) reconcile(core, job, tallyOf(core, tallies, job));
  });
  const stopOwn = core.store.subscribe(jobs, ({ type, object }) => {
    if (type === 'DELETED') tallies.delete(object.metadata.uid ?? '');
    else queue.add(keyOf(object));
  });
  const stopPods = core.store.subscribe(pods, ({ type, before, object }) => {
    const owner = object.metadata.ownerReferences?.find(reference => reference.controller);
    if (owner?.kind !== 'Job') return;
    const tally = tallies.get(owner.uid);
    if (tally !== undefined) count(tally, textAt(before, 'status', 'phase'), object, type === 'DELETED');
    queue.add(`${object.metadata.namespace ?? ''}/${owner.name}`);
  });
  for (const object of core.store.list(jobs)) queue.add(keyOf(object));
  return () => {
    stopOwn();
    stopPods();
  };
}

function count(tally: Tally, before: string, pod: Kube, gone: boolean): void {
  const phase = textAt(pod, 'status', 'phase');
  const ended = phase === 'Succeeded' || phase === 'Failed';
  if (phase === 'Succeeded' && before !== 'Succeeded') tally.succeeded += 1;
  if ((phase === 'Failed' && before !== 'Failed') || (gone && !ended)) tally.failed += 1;
}

function tallyOf(core: Core, tallies: Map<string, Tally>, job: Kube): Tally {
  const known = tallies.get(job.metadata.uid ?? '');
  if (known !== undefined) return known;
  const phases = ownedPods(core, job).map(pod => textAt(pod, 'status', 'phase'));
  const of = (phase: string) => phases.filter(one => one === phase).length;
  const tally = { succeeded: of('Succeeded'), failed: of('Failed') };
  tallies.set(job.metadata.uid ?? '', tally);
  return tally;
}

function numberAt(object: Kube, ...path: string[]): number | undefined {
  const value = at(object, ...path);
  return typeof value === 'number' ? value : undefined;
}

function reconcile(core: Core, job: Kube, { succeeded, failed }: Tally): void {
  if (conditionIs(job, 'Complete', 'True') || conditionIs(job, 'Failed', 'True')) return;
  const owned = ownedPods(core, job);
  const parallelism = at(job, 'spec', 'suspend') === true ? 0 : (numberAt(job, 'spec', 'parallelism') ?? 1);
  const completions = numberAt(job, 'spec', 'completions') ?? parallelism;
  const end = endOf(job, { succeeded, completions, failed });
  const wanted = end === undefined ? Math.min(parallelism, completions - succeeded) : 0;
  const active = owned.filter(isActive);
  for (let missing = wanted - active.length; missing > 0; missing--) createPod(core, jobs, job);
  for (const pod of active.slice(wanted)) deleteObject(core, pods, pod, readDeleteOptions(undefined));
  const now = ownedPods(core, job).filter(isActive);
  put(core, job, { active: now.length, ready: now.filter(isHealthy).length, succeeded, failed }, end);
}

function endOf(job: Kube, counts: { succeeded: number; completions: number; failed: number }) {
  if (counts.succeeded >= counts.completions) return 'Complete';
  const limit = numberAt(job, 'spec', 'backoffLimit') ?? 6;
  return counts.failed > limit ? 'Failed' : undefined;
}

function put(core: Core, job: Kube, counts: Json, end: 'Complete' | 'Failed' | undefined): void {
  const now = kubeTime(core.now());
  const present = Object.fromEntries(Object.entries(counts).filter(([name, count]) => count !== 0 || name === 'ready'));
  const { active: _active, ready: _ready, succeeded: _succeeded, failed: _failed, ...kept } = job.status ?? {};
  const times = { startTime: kept['startTime'] ?? now, ...(end === 'Complete' ? { completionTime: now } : {}) };
  const status = { ...kept, ...times, ...present, uncountedTerminatedPods: {} };
  const counted = { ...job, status };
  core.store.replace(jobs, job, end === undefined ? counted : withCondition(counted, core.now(), ...conditions[end]));
}

const reached: Omit<NewCondition, 'type'> = {
  status: 'True',
  reason: 'CompletionsReached',
  message: 'Reached expected number of succeeded pods',
};
const tooMany: Omit<NewCondition, 'type'> = {
  status: 'True',
  reason: 'BackoffLimitExceeded',
  message: 'Job has reached the specified backoff limit',
};
const conditions: Readonly<Record<'Complete' | 'Failed', readonly NewCondition[]>> = {
  Complete: [
    { type: 'SuccessCriteriaMet', ...reached },
    { type: 'Complete', ...reached },
  ],
  Failed: [
    { type: 'FailureTarget', ...tooMany },
    { type: 'Failed', ...tooMany },
  ],
};
