import type { Core } from '../api/core.ts';
import { at, type Kube } from '../api/object.ts';
import { resourceOf } from '../api/resources.ts';

const scalable: Readonly<Record<string, string>> = {
  ReplicaSet: 'replicasets',
  Deployment: 'deployments',
  StatefulSet: 'statefulsets',
  ReplicationController: 'replicationcontrollers',
};

/**
 * The replicas the pods' controllers want, each controller once; pods without one do not count. undefined when a
 * controller cannot be scaled (a DaemonSet, a Job).
 */
export function scaleOf(core: Core, pods: readonly Kube[]): number | undefined {
  const seen = new Map<string, number>();
  for (const pod of pods) {
    const controller = controllerOf(core, pod);
    if (controller === undefined) continue;
    if (controller === 'unscalable') return undefined;
    const top = controllerOf(core, controller);
    const owner = top === undefined || top === 'unscalable' ? controller : top;
    seen.set(owner.metadata.uid ?? '', Number(at(owner, 'spec', 'replicas') ?? 1));
  }
  return [...seen.values()].reduce((sum, replicas) => sum + replicas, 0);
}

function controllerOf(core: Core, object: Kube): Kube | 'unscalable' | undefined {
  const reference = object.metadata.ownerReferences?.find(owner => owner.controller);
  if (reference === undefined) return undefined;
  const plural = scalable[reference.kind];
  if (plural === undefined) return 'unscalable';
  return core.store.get(resourceOf(plural), object.metadata.namespace ?? '', reference.name);
}
