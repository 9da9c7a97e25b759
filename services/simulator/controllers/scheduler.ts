import { conditionOf, withCondition } from '../api/conditions.ts';
import type { Core } from '../api/core.ts';
import { at, type Kube, textAt } from '../api/object.ts';
import { resourceOf } from '../api/resources.ts';
import { recordEvent } from './events.ts';
import { createQueue, keyOf, splitKey } from './queue.ts';
import { Rooms } from './rooms.ts';

const nodes = resourceOf('nodes');
const pods = resourceOf('pods');

/** Puts pods without a node on the node with room that has the fewest pods of the same owner, then the fewest of all. */
export function startScheduler(core: Core): () => void {
  const waiting = new Set<string>();
  const rooms = new Rooms();
  const queue = createQueue(core, 'scheduler', key => {
    const pod = core.store.get(pods, ...splitKey(key));
    if (pod === undefined || !isUnbound(pod) || place(core, pod, rooms)) waiting.delete(key);
  });
  const retry = (node: string) => {
    const pending = [...waiting].map(key => core.store.get(pods, ...splitKey(key)));
    const fitting = pending.filter((pod): pod is Kube => pod !== undefined && rooms.fits(pod, node));
    for (const pod of fitting.toSorted((a, b) => priorityOf(b) - priorityOf(a))) queue.add(keyOf(pod));
  };
  const see = (pod: Kube) => {
    if (!isUnbound(pod)) return;
    waiting.add(keyOf(pod));
    queue.add(keyOf(pod));
  };
  for (const node of core.store.list(nodes)) rooms.nodeChanged(node);
  for (const pod of core.store.list(pods)) {
    rooms.podChanged(undefined, pod);
    see(pod);
  }
  const stopPods = core.store.subscribe(pods, ({ type, before, object }) => {
    const freed = rooms.podChanged(before, type === 'DELETED' ? undefined : object);
    if (type === 'ADDED') see(object);
    if (type === 'DELETED') waiting.delete(keyOf(object));
    if (freed !== '') retry(freed);
  });
  const stopNodes = core.store.subscribe(nodes, ({ type, object }) => {
    if (type === 'DELETED') rooms.nodeGone(object.metadata.name);
    else if (rooms.nodeChanged(object)) retry(object.metadata.name);
  });
  return () => {
    stopPods();
    stopNodes();
  };
}

function priorityOf(pod: Kube): number {
  return Number(at(pod, 'spec', 'priority') ?? 0);
}

function isUnbound(pod: Kube): boolean {
  return textAt(pod, 'spec', 'nodeName') === '' && pod.metadata.deletionTimestamp === undefined;
}

function place(core: Core, pod: Kube, rooms: Rooms): boolean {
  const nodeName = rooms.best(pod);
  if (nodeName === undefined) {
    sayUnschedulable(core, pod, rooms);
    return false;
  }
  recordEvent(core, pod, {
    reason: 'Scheduled',
    message: `Successfully assigned ${pod.metadata.namespace}/${pod.metadata.name} to ${nodeName}`,
    component: 'default-scheduler',
  });
  const bound = withCondition(pod, core.now(), { type: 'PodScheduled', status: 'True' });
  core.store.replace(pods, pod, { ...bound, spec: { ...pod.spec, nodeName } });
  return true;
}

function sayUnschedulable(core: Core, pod: Kube, rooms: Rooms): void {
  if (conditionOf(pod, 'PodScheduled') !== undefined) return;
  const message = rooms.reasonsAgainst(pod);
  recordEvent(core, pod, { type: 'Warning', reason: 'FailedScheduling', message, component: 'default-scheduler' });
  const put = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message } as const;
  core.store.replace(pods, pod, withCondition(pod, core.now(), put));
}
