import type { Core } from '../api/core.ts';
import { at, type Json, type Kube } from '../api/object.ts';
import { deleteObject, readDeleteOptions } from '../api/remove.ts';
import { type Resource, resourceOf } from '../api/resources.ts';
import { createPod, isActive, isHealthy, onOwnedPod, ownedPods } from './pods.ts';
import { createQueue, keyOf, splitKey } from './queue.ts';

const pods = resourceOf('pods');

/** Keeps as many pods as ReplicaSets and ReplicationControllers want, and their status true. */
export function startReplicas(core: Core): () => void {
  const stops = ['replicasets', 'replicationcontrollers'].map(plural => startKind(core, resourceOf(plural)));
  return () => {
    for (const stop of stops) stop();
  };
}

function startKind(core: Core, r: Resource): () => void {
  const queue = createQueue(core, r.singular, key => {
    const owner = core.store.get(r, ...splitKey(key));
    if (owner !== undefined) reconcile(core, r, owner);
  });
  const stopOwn = core.store.subscribe(r, ({ object }) => queue.add(keyOf(object)));
  const stopPods = onOwnedPod(core, r.kind, (namespace, owner) => queue.add(`${namespace}/${owner}`));
  for (const object of core.store.list(r)) queue.add(keyOf(object));
  return () => {
    stopOwn();
    stopPods();
  };
}

function reconcile(core: Core, r: Resource, owner: Kube): void {
  const wanted = Number(at(owner, 'spec', 'replicas') ?? 1);
  const active = ownedPods(core, owner).filter(isActive);
  for (let missing = wanted - active.length; missing > 0; missing--) createPod(core, r, owner);
  const spare = [...active].sort((a, b) => Number(isHealthy(a)) - Number(isHealthy(b)));
  for (const pod of spare.slice(0, Math.max(0, active.length - wanted)))
    deleteObject(core, pods, pod, readDeleteOptions(undefined));
  const status = { ...owner.status, ...statusOf(owner, ownedPods(core, owner).filter(isActive)) };
  core.store.replace(r, owner, { ...owner, status });
}

function statusOf(owner: Kube, active: readonly Kube[]): Json {
  const ready = active.filter(isHealthy).length;
  return {
    replicas: active.length,
    fullyLabeledReplicas: active.length,
    readyReplicas: ready,
    availableReplicas: ready,
    observedGeneration: owner.metadata.generation,
  };
}
