import type { Core } from '../api/core.ts';
import { at, type Kube, textAt } from '../api/object.ts';
import { deleteObject, readDeleteOptions } from '../api/remove.ts';
import { resourceOf } from '../api/resources.ts';
import { createPod, isActive, isHealthy, onOwnedPod, ownedPods } from './pods.ts';
import { createQueue, keyOf, splitKey } from './queue.ts';

const daemonSets = resourceOf('daemonsets');
const nodes = resourceOf('nodes');
const pods = resourceOf('pods');

/** Keeps one pod of each DaemonSet on each node it selects, cordoned or not. */
export function startDaemonSets(core: Core): () => void {
  const status = createQueue(core, 'daemonset', key => {
    const set = core.store.get(daemonSets, ...splitKey(key));
    if (set !== undefined) putStatus(core, set);
  });
  const places = createQueue(core, 'daemonset', key => {
    const [setKey = '', node = ''] = key.split('|');
    const set = core.store.get(daemonSets, ...splitKey(setKey));
    if (set !== undefined) reconcile(core, set, node);
  });
  const addAll = (set: Kube) => {
    for (const node of core.store.list(nodes)) places.add(`${keyOf(set)}|${node.metadata.name}`);
    status.add(keyOf(set));
  };
  const stops = [
    core.store.subscribe(daemonSets, ({ type, before, object }) => {
      if (type === 'ADDED' || before?.spec !== object.spec) addAll(object);
    }),
    core.store.subscribe(nodes, ({ type, before, object }) => {
      if (type === 'MODIFIED' && before?.metadata.labels === object.metadata.labels) return;
      for (const set of core.store.list(daemonSets)) places.add(`${keyOf(set)}|${object.metadata.name}`);
    }),
    onOwnedPod(core, 'DaemonSet', (namespace, owner, pod) => {
      places.add(`${namespace}/${owner}|${textAt(pod, 'spec', 'nodeName')}`);
      status.add(`${namespace}/${owner}`);
    }),
  ];
  for (const set of core.store.list(daemonSets)) addAll(set);
  return () => {
    for (const stop of stops) stop();
  };
}

function wants(set: Kube, node: Kube): boolean {
  const selector = (at(set, 'spec', 'template', 'spec', 'nodeSelector') ?? {}) as Record<string, string>;
  return Object.entries(selector).every(([key, value]) => node.metadata.labels?.[key] === value);
}

function reconcile(core: Core, set: Kube, nodeName: string): void {
  const node = core.store.get(nodes, '', nodeName);
  const wanted = node !== undefined && wants(set, node);
  const here = [...core.store.pods.find('node', nodeName)].filter(pod =>
    pod.metadata.ownerReferences?.some(owner => owner.uid === set.metadata.uid),
  );
  if (wanted && here.length === 0) createPod(core, daemonSets, set, { spec: { nodeName } });
  const extra = here.filter(isActive).slice(wanted ? 1 : 0);
  for (const pod of extra) deleteObject(core, pods, pod, readDeleteOptions(undefined));
}

function putStatus(core: Core, set: Kube): void {
  const owned = ownedPods(core, set);
  const ready = owned.filter(isHealthy).length;
  const desired = core.store.list(nodes).filter(node => wants(set, node)).length;
  const status = {
    ...set.status,
    currentNumberScheduled: owned.filter(isActive).length,
    numberMisscheduled: 0,
    desiredNumberScheduled: desired,
    numberReady: ready,
    observedGeneration: set.metadata.generation,
    updatedNumberScheduled: owned.filter(isActive).length,
    numberAvailable: ready,
    numberUnavailable: Math.max(0, desired - ready),
  };
  core.store.replace(daemonSets, set, { ...set, status });
}
