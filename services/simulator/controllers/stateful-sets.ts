import type { Core } from '../api/core.ts';
import { at, type Kube } from '../api/object.ts';
import { deleteObject, readDeleteOptions } from '../api/remove.ts';
import { resourceOf } from '../api/resources.ts';
import { createPod, isActive, isHealthy, onOwnedPod, ownedPods } from './pods.ts';
import { createQueue, keyOf, splitKey } from './queue.ts';

const statefulSets = resourceOf('statefulsets');
const pods = resourceOf('pods');

/** Keeps the pods NAME-0 … NAME-n: a name comes back only when its old pod is gone, each after the ones before are Ready. */
export function startStatefulSets(core: Core): () => void {
  const queue = createQueue(core, 'statefulset', key => {
    const set = core.store.get(statefulSets, ...splitKey(key));
    if (set !== undefined) reconcile(core, set);
  });
  const stopOwn = core.store.subscribe(statefulSets, ({ object }) => queue.add(keyOf(object)));
  const stopPods = onOwnedPod(core, 'StatefulSet', (namespace, owner) => queue.add(`${namespace}/${owner}`));
  for (const object of core.store.list(statefulSets)) queue.add(keyOf(object));
  return () => {
    stopOwn();
    stopPods();
  };
}

function reconcile(core: Core, set: Kube): void {
  const wanted = Number(at(set, 'spec', 'replicas') ?? 1);
  const inOrder = at(set, 'spec', 'podManagementPolicy') !== 'Parallel';
  createMissing(core, set, wanted, inOrder);
  const owned = ownedPods(core, set);
  for (const pod of owned.filter(isActive)) {
    const ordinal = Number(pod.metadata.name.slice(set.metadata.name.length + 1));
    if (ordinal >= wanted) deleteObject(core, pods, pod, readDeleteOptions(undefined));
  }
  const ready = owned.filter(isHealthy).length;
  const status = {
    ...set.status,
    observedGeneration: set.metadata.generation,
    replicas: owned.length,
    readyReplicas: ready,
    currentReplicas: owned.length,
    updatedReplicas: owned.length,
    availableReplicas: ready,
  };
  core.store.replace(statefulSets, set, { ...set, status });
}

function createMissing(core: Core, set: Kube, wanted: number, inOrder: boolean): void {
  for (let ordinal = 0; ordinal < wanted; ordinal++) {
    const name = `${set.metadata.name}-${ordinal}`;
    const pod = core.store.get(pods, set.metadata.namespace ?? '', name);
    if (pod === undefined) {
      const labels = { 'statefulset.kubernetes.io/pod-name': name, 'apps.kubernetes.io/pod-index': String(ordinal) };
      createPod(core, statefulSets, set, { name, labels });
    }
    if (inOrder && (pod === undefined || !isHealthy(pod))) return;
  }
}
