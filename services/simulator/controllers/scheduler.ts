import { conditionIs, conditionOf, withCondition } from '../api/conditions.ts';
import type { Core } from '../api/core.ts';
import { at, type Json, type Kube, listAt, textAt } from '../api/object.ts';
import { resourceOf } from '../api/resources.ts';
import { createQueue, keyOf, splitKey } from './queue.ts';
import { tolerates } from './taints.ts';

const nodes = resourceOf('nodes');
const pods = resourceOf('pods');

/** Puts pods without a node on the node with room that has the fewest pods of the same owner, then the fewest of all. */
export function startScheduler(core: Core): () => void {
  const waiting = new Set<string>();
  const spread = createSpread();
  const queue = createQueue(core, 'scheduler', key => {
    const pod = core.store.get(pods, ...splitKey(key));
    const unbound = pod !== undefined && textAt(pod, 'spec', 'nodeName') === '' && !pod.metadata.deletionTimestamp;
    if (!unbound || place(core, pod, spread)) waiting.delete(key);
  });
  const retry = () => {
    for (const key of waiting) queue.add(key);
  };
  const see = (pod: Kube) => {
    if (textAt(pod, 'spec', 'nodeName') !== '') return;
    waiting.add(keyOf(pod));
    queue.add(keyOf(pod));
  };
  const stopPods = core.store.subscribe(pods, ({ type, before, object }) => {
    spread.change(before, type === 'DELETED' ? undefined : object);
    if (type === 'ADDED') see(object);
    else if (type === 'DELETED') {
      waiting.delete(keyOf(object));
      retry();
    }
  });
  const stopNodes = core.store.subscribe(nodes, ({ before, object }) => {
    if (before === undefined || canTake(before) !== canTake(object) || before.spec !== object.spec) retry();
  });
  for (const pod of core.store.list(pods)) {
    spread.change(undefined, pod);
    see(pod);
  }
  return () => {
    stopPods();
    stopNodes();
  };
}

/** How many pods of an owner are on each node. */
interface Spread {
  change(before: Kube | undefined, after: Kube | undefined): void;
  count(owner: string, node: string): number;
}

function createSpread(): Spread {
  const counts = new Map<string, number>();
  const shift = (pod: Kube | undefined, by: number) => {
    const node = textAt(pod, 'spec', 'nodeName');
    const owner = ownerOf(pod);
    if (node === '' || owner === '') return;
    const key = `${owner}|${node}`;
    const count = (counts.get(key) ?? 0) + by;
    if (count === 0) counts.delete(key);
    else counts.set(key, count);
  };
  return {
    change(before, after) {
      shift(before, -1);
      shift(after, 1);
    },
    count: (owner, node) => counts.get(`${owner}|${node}`) ?? 0,
  };
}

function ownerOf(pod: Kube | undefined): string {
  return pod?.metadata.ownerReferences?.find(owner => owner.controller)?.uid ?? '';
}

function canTake(node: Kube): boolean {
  return at(node, 'spec', 'unschedulable') !== true && conditionIs(node, 'Ready', 'True');
}

function fits(core: Core, pod: Kube, node: Kube): boolean {
  if (!canTake(node) || !tolerates(pod, listAt(node, 'spec', 'taints'))) return false;
  const selector = (at(pod, 'spec', 'nodeSelector') ?? {}) as Record<string, string>;
  if (!Object.entries(selector).every(([key, value]) => node.metadata.labels?.[key] === value)) return false;
  return core.store.pods.count('node', node.metadata.name) < Number(at(node, 'status', 'allocatable', 'pods') ?? 110);
}

function place(core: Core, pod: Kube, spread: Spread): boolean {
  const owner = ownerOf(pod);
  let best: { name: string; same: number; all: number } | undefined;
  const all = core.store.list(nodes);
  for (const node of all) {
    if (!fits(core, pod, node)) continue;
    const name = node.metadata.name;
    const score = { name, same: spread.count(owner, name), all: core.store.pods.count('node', name) };
    if (best === undefined || score.same < best.same || (score.same === best.same && score.all < best.all))
      best = score;
  }
  if (best === undefined) {
    sayUnschedulable(core, pod, all.length);
    return false;
  }
  const bound = withCondition(pod, core.now(), { type: 'PodScheduled', status: 'True' });
  core.store.replace(pods, pod, { ...bound, spec: { ...(pod.spec as Json), nodeName: best.name } });
  return true;
}

function sayUnschedulable(core: Core, pod: Kube, count: number): void {
  if (conditionOf(pod, 'PodScheduled') !== undefined) return;
  const message = `0/${count} nodes are available.`;
  const put = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message } as const;
  core.store.replace(pods, pod, withCondition(pod, core.now(), put));
}
