import { type NewCondition, withCondition } from '../api/conditions.ts';
import type { Core } from '../api/core.ts';
import { type Json, type Kube, listAt } from '../api/object.ts';
import { deleteObject, readDeleteOptions } from '../api/remove.ts';
import { resourceOf } from '../api/resources.ts';
import type { SimTimings } from '../api/types.ts';
import { createQueue } from './queue.ts';
import { stayOf } from './taints.ts';

const nodes = resourceOf('nodes');
const pods = resourceOf('pods');

/** What an API server grants every pod on a node that is lost, in s; `podEvictionMs` says how long that is here. */
const DEFAULT_STAY_SECONDS = 300;

/** Deletes the pods of nodes with NoExecute taints, when their tolerations have run out. */
export function startTaintEvictions(core: Core, timings: SimTimings): () => void {
  const waits = new Map<string, { readonly taints: string; readonly cancels: readonly (() => void)[] }>();
  const queue = createQueue(core, 'taint-eviction', key => {
    const [name = '', stay = ''] = key.split('|');
    const node = core.store.get(nodes, '', name);
    if (node !== undefined) evict(core, node, Number(stay));
  });
  const callOff = (name: string) => {
    for (const cancel of waits.get(name)?.cancels ?? []) cancel();
    waits.delete(name);
  };
  const look = (node: Kube) => {
    const { name } = node.metadata;
    const found = noExecute(node);
    const taints = JSON.stringify(found);
    if ((waits.get(name)?.taints ?? '[]') === taints) return;
    callOff(name);
    if (found.length === 0) return;
    const stays = new Set([...core.store.pods.find('node', name)].map(pod => stayOf(pod, found)));
    const cancels = [...stays]
      .filter(stay => stay !== undefined)
      .map(stay =>
        core.timers.after((stay / DEFAULT_STAY_SECONDS) * timings.podEvictionMs, () => queue.add(`${name}|${stay}`)),
      );
    waits.set(name, { taints, cancels });
  };
  for (const node of core.store.list(nodes)) look(node);
  return core.store.subscribe(nodes, ({ type, object }) => {
    if (type === 'DELETED') callOff(object.metadata.name);
    else look(object);
  });
}

function noExecute(node: Kube): readonly Json[] {
  return listAt(node, 'spec', 'taints').filter(taint => taint['effect'] === 'NoExecute');
}

function evict(core: Core, node: Kube, stay: number): void {
  const taints = noExecute(node);
  if (taints.length === 0) return;
  for (const pod of core.store.pods.find('node', node.metadata.name)) {
    const own = stayOf(pod, taints);
    const static_ = pod.metadata.ownerReferences?.some(owner => owner.kind === 'Node');
    if (own === undefined || own > stay || static_ || pod.metadata.deletionTimestamp !== undefined) continue;
    const marked = core.store.replace(pods, pod, withCondition(pod, core.now(), disruption(pod)));
    deleteObject(core, pods, marked, readDeleteOptions(undefined));
  }
}

function disruption(pod: Kube): NewCondition {
  const { generation } = pod.metadata;
  return {
    type: 'DisruptionTarget',
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    status: 'True',
    reason: 'DeletionByTaintManager',
    message: 'Taint manager: deleting due to NoExecute taint',
  };
}
