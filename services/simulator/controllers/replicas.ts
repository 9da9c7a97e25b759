import type { Core } from '../api/core.ts';
import { at, type Kube } from '../api/object.ts';
import { deleteObject, readDeleteOptions } from '../api/remove.ts';
import { type Resource, resourceOf } from '../api/resources.ts';
import { createPod, isActive, isHealthy, onOwnedPod, ownedPods } from './pods.ts';
import { createQueue, keyOf, splitKey } from './queue.ts';

const pods = resourceOf('pods');

/** Keeps as many pods as ReplicaSets and Jobs want, and their status true. */
export function startReplicas(core: Core): () => void {
  const stops = [
    startKind(core, resourceOf('replicasets'), 'replicas', replicaSetStatus),
    startKind(core, resourceOf('jobs'), 'parallelism', jobStatus),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

type StatusOf = (owner: Kube, active: readonly Kube[], all: readonly Kube[]) => Record<string, unknown>;

function startKind(core: Core, r: Resource, field: string, statusOf: StatusOf): () => void {
  const queue = createQueue(core, r.singular, key => {
    const owner = core.store.get(r, ...splitKey(key));
    if (owner !== undefined) reconcile(core, r, owner, field, statusOf);
  });
  const stopOwn = core.store.subscribe(r, ({ object }) => queue.add(keyOf(object)));
  const stopPods = onOwnedPod(core, r.kind, (namespace, owner) => queue.add(`${namespace}/${owner}`));
  for (const object of core.store.list(r)) queue.add(keyOf(object));
  return () => {
    stopOwn();
    stopPods();
  };
}

function reconcile(core: Core, r: Resource, owner: Kube, field: string, statusOf: StatusOf): void {
  const wanted = Number(at(owner, 'spec', field) ?? 1);
  const active = ownedPods(core, owner).filter(isActive);
  for (let missing = wanted - active.length; missing > 0; missing--) createPod(core, r, owner);
  const spare = [...active].sort((a, b) => Number(isHealthy(a)) - Number(isHealthy(b)));
  for (const pod of spare.slice(0, Math.max(0, active.length - wanted)))
    deleteObject(core, pods, pod, readDeleteOptions(undefined));
  const all = ownedPods(core, owner);
  const status = statusOf(owner, all.filter(isActive), all);
  core.store.replace(r, owner, { ...owner, status: { ...owner.status, ...status } });
}

const replicaSetStatus: StatusOf = (owner, active) => {
  const ready = active.filter(isHealthy).length;
  return {
    replicas: active.length,
    fullyLabeledReplicas: active.length,
    readyReplicas: ready,
    availableReplicas: ready,
    observedGeneration: owner.metadata.generation,
  };
};

const jobStatus: StatusOf = (_owner, active, all) => ({
  active: active.length,
  ready: active.filter(isHealthy).length,
  succeeded: all.filter(pod => pod.status?.['phase'] === 'Succeeded').length,
});
