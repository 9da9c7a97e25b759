import type { Core } from '../api/core.ts';
import { deleteObject, readDeleteOptions } from '../api/remove.ts';
import { resourceOf } from '../api/resources.ts';
import { createQueue } from './queue.ts';

const pods = resourceOf('pods');
const replicaSets = resourceOf('replicasets');

/** Deletes what a deleted workload owned. */
export function startGarbage(core: Core): () => void {
  const queue = createQueue(core, 'garbage', uid => {
    for (const pod of core.store.pods.find('owner', uid))
      if (pod.metadata.deletionTimestamp === undefined) deleteObject(core, pods, pod, readDeleteOptions(undefined));
    for (const set of core.store.list(replicaSets))
      if (set.metadata.ownerReferences?.some(owner => owner.uid === uid)) core.store.remove(replicaSets, set);
  });
  const owners = ['deployments', 'replicasets', 'statefulsets', 'daemonsets', 'jobs', 'replicationcontrollers'];
  const stops = owners.map(plural =>
    core.store.subscribe(resourceOf(plural), ({ type, object }) => {
      if (type === 'DELETED') queue.add(object.metadata.uid ?? '');
    }),
  );
  return () => {
    for (const stop of stops) stop();
  };
}
