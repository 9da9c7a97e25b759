import { type NewCondition } from '../api/conditions.ts';
import type { Core } from '../api/core.ts';
import { labelKey } from '../api/indexes.ts';
import { type LabelTest, selectorTest } from '../api/label-selector.ts';
import { at, type Json, type Kube, kubeTime } from '../api/object.ts';
import { resourceOf } from '../api/resources.ts';
import { isHealthy } from './pods.ts';
import { createQueue, keyOf, splitKey } from './queue.ts';
import { scaleOf } from './scale.ts';

const pdbs = resourceOf('poddisruptionbudgets');
const pods = resourceOf('pods');

/** An eviction that has not become a deletion within this time is forgotten, in ms. */
const DISRUPTION_TIMEOUT_MS = 120_000;

/** Keeps the status of every budget true. */
export function startBudgets(core: Core): () => void {
  /** What each budget selects, by namespace, then key. */
  const tests = new Map<string, Map<string, LabelTest>>();
  const queue = createQueue(core, 'disruption', key => {
    const pdb = core.store.get(pdbs, ...splitKey(key));
    if (pdb !== undefined) reconcile(core, pdb);
  });
  const learn = (pdb: Kube) => {
    const namespace = pdb.metadata.namespace ?? '';
    const there = tests.get(namespace) ?? new Map<string, LabelTest>();
    tests.set(namespace, there.set(keyOf(pdb), selectorTest(at(pdb, 'spec', 'selector') as Json | undefined)));
    queue.add(keyOf(pdb));
  };
  const touch = (pod: Kube) => {
    for (const [key, test] of tests.get(pod.metadata.namespace ?? '') ?? [])
      if (test(pod.metadata.labels ?? {})) queue.add(key);
  };
  const stops = [
    core.store.subscribe(pdbs, ({ type, object }) => {
      if (type === 'DELETED') tests.get(object.metadata.namespace ?? '')?.delete(keyOf(object));
      else learn(object);
    }),
    core.store.subscribe(pods, ({ before, object }) => {
      touch(object);
      if (before !== undefined && before.metadata.labels !== object.metadata.labels) touch(before);
    }),
    ...['replicasets', 'deployments', 'statefulsets', 'replicationcontrollers'].map(plural =>
      core.store.subscribe(resourceOf(plural), ({ before, object }) => {
        if (at(before, 'spec', 'replicas') === at(object, 'spec', 'replicas')) return;
        for (const key of tests.get(object.metadata.namespace ?? '')?.keys() ?? []) queue.add(key);
      }),
    ),
  ];
  for (const pdb of core.store.list(pdbs)) learn(pdb);
  return () => {
    for (const stop of stops) stop();
  };
}

function matchingPods(core: Core, pdb: Kube): Kube[] {
  const selector = at(pdb, 'spec', 'selector') as Json | undefined;
  const test = selectorTest(selector);
  const namespace = pdb.metadata.namespace ?? '';
  const first = Object.entries((selector?.['matchLabels'] ?? {}) as Record<string, string>)[0];
  const candidates =
    first === undefined
      ? core.store.list(pods, namespace)
      : [...core.store.pods.find('label', labelKey(namespace, ...first))];
  return candidates.filter(pod => test(pod.metadata.labels ?? {}));
}

function reconcile(core: Core, pdb: Kube): void {
  const all = matchingPods(core, pdb);
  const numbers = countsOf(core, pdb, all);
  const disruptedPods = stillDisrupted(core, pdb, all);
  const healthy = all.filter(pod => isHealthy(pod) && !Object.hasOwn(disruptedPods, pod.metadata.name)).length;
  const expected = numbers?.expected ?? 0;
  const desired = numbers?.desired ?? 0;
  const allowed = expected <= 0 ? 0 : Math.max(0, healthy - desired);
  const { disruptedPods: _old, ...kept } = pdb.status ?? {};
  const generation = pdb.metadata.generation;
  const status: Json = {
    ...kept,
    observedGeneration: generation,
    ...(Object.keys(disruptedPods).length === 0 ? {} : { disruptedPods }),
    disruptionsAllowed: allowed,
    currentHealthy: healthy,
    desiredHealthy: desired,
    expectedPods: expected,
    conditions: [conditionFor(core, pdb, allowed > 0, numbers === undefined)],
  };
  core.store.replace(pdbs, pdb, { ...pdb, status });
}

/** undefined: a pod's controller has no scale, so nothing can be computed and nothing is allowed. */
function countsOf(core: Core, pdb: Kube, all: readonly Kube[]): { expected: number; desired: number } | undefined {
  const minAvailable = at(pdb, 'spec', 'minAvailable');
  const maxUnavailable = at(pdb, 'spec', 'maxUnavailable');
  if (typeof minAvailable === 'number') return { expected: all.length, desired: minAvailable };
  if (minAvailable === undefined && maxUnavailable === undefined) return { expected: all.length, desired: 0 };
  const expected = scaleOf(core, all);
  if (expected === undefined) return undefined;
  if (maxUnavailable !== undefined)
    return { expected, desired: Math.max(0, expected - ceilOf(maxUnavailable, expected)) };
  return { expected, desired: ceilOf(minAvailable, expected) };
}

/** A number, or a percentage of `total` rounded up. */
function ceilOf(value: unknown, total: number): number {
  return typeof value === 'number' ? value : Math.ceil((Number.parseInt(String(value), 10) * total) / 100);
}

function stillDisrupted(core: Core, pdb: Kube, all: readonly Kube[]): Record<string, string> {
  const listed = (at(pdb, 'status', 'disruptedPods') ?? {}) as Record<string, string>;
  const staying = new Set(all.filter(pod => pod.metadata.deletionTimestamp === undefined).map(p => p.metadata.name));
  return Object.fromEntries(
    Object.entries(listed).filter(
      ([name, since]) => staying.has(name) && core.now() - Date.parse(since) < DISRUPTION_TIMEOUT_MS,
    ),
  );
}

function conditionFor(core: Core, pdb: Kube, allowed: boolean, failed: boolean): Json {
  const before = (at(pdb, 'status', 'conditions') as Json[] | undefined)?.[0];
  const status: NewCondition['status'] = allowed ? 'True' : 'False';
  const same = before?.['status'] === status;
  return {
    type: 'DisruptionAllowed',
    status,
    observedGeneration: pdb.metadata.generation,
    lastTransitionTime: same ? before?.['lastTransitionTime'] : kubeTime(core.now()),
    reason: failed ? 'SyncFailed' : allowed ? 'SufficientPods' : 'InsufficientPods',
    message: failed ? 'a controller of the pods does not implement the scale subresource' : '',
  };
}
