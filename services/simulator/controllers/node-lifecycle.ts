import { conditionIs, withCondition } from '../api/conditions.ts';
import type { Core } from '../api/core.ts';
import { at, type Kube, kubeTime } from '../api/object.ts';
import { deleteObject, readDeleteOptions } from '../api/remove.ts';
import { resourceOf } from '../api/resources.ts';
import { createQueue } from './queue.ts';
import { hasTaint, UNSCHEDULABLE, withoutTaint, withTaint } from './taints.ts';

const nodes = resourceOf('nodes');
const pods = resourceOf('pods');
const UNREACHABLE = 'node.kubernetes.io/unreachable';
const NOT_READY = 'node.kubernetes.io/not-ready';
const conditionTypes = ['MemoryPressure', 'DiskPressure', 'PIDPressure', 'Ready'];

/** What follows from a node's cordon and its Ready condition: its taints, and that its pods are not Ready. */
export function startNodeTaints(core: Core): () => void {
  const queue = createQueue(core, 'node-lifecycle', name => {
    const node = core.store.get(nodes, '', name);
    if (node === undefined) return;
    core.store.replace(nodes, node, tainted(core, node));
    if (hasLeft(node)) markPods(core, name);
  });
  for (const node of core.store.list(nodes)) queue.add(node.metadata.name);
  return core.store.subscribe(nodes, ({ type, before, object }) => {
    if (type === 'DELETED') return;
    const left = hasLeft(object) && before !== undefined && !hasLeft(before);
    if (left || tainted(core, object) !== object) queue.add(object.metadata.name);
  });
}

/** Not Ready any more, or silent; a node that has never reported is neither. */
function hasLeft(node: Kube): boolean {
  return conditionIs(node, 'Ready', 'False') || conditionIs(node, 'Ready', 'Unknown');
}

function markPods(core: Core, node: string): void {
  for (const pod of core.store.pods.find('node', node)) {
    if (!conditionIs(pod, 'Ready', 'True')) continue;
    core.store.replace(pods, pod, withCondition(pod, core.now(), { type: 'Ready', status: 'False' }));
  }
}

function tainted(core: Core, node: Kube): Kube {
  let after = node;
  const timeAdded = kubeTime(core.now());
  const cordoned = at(node, 'spec', 'unschedulable') === true;
  if (cordoned && !hasTaint(after, UNSCHEDULABLE))
    after = withTaint(after, { key: UNSCHEDULABLE, effect: 'NoSchedule', timeAdded });
  if (!cordoned && hasTaint(after, UNSCHEDULABLE)) after = withoutTaint(after, UNSCHEDULABLE);
  for (const [key, status] of [
    [UNREACHABLE, 'Unknown'],
    [NOT_READY, 'False'],
  ] as const) {
    const wanted = conditionIs(node, 'Ready', status);
    if (wanted && !hasTaint(after, key))
      for (const effect of ['NoSchedule', 'NoExecute']) after = withTaint(after, { key, effect, timeAdded });
    if (!wanted && hasTaint(after, key)) after = withoutTaint(after, key);
  }
  return after;
}

/** What the cluster makes of a kubelet that has been silent for too long. */
export function markLost(core: Core, name: string): void {
  const node = core.store.get(nodes, '', name);
  if (node === undefined || conditionIs(node, 'Ready', 'Unknown')) return;
  const message = 'Kubelet stopped posting node status.';
  const unknown = conditionTypes.map(
    type => ({ type, status: 'Unknown', reason: 'NodeStatusUnknown', message }) as const,
  );
  core.store.replace(nodes, node, withCondition(node, core.now(), ...unknown));
}

/** Deletes the pods of a lost node; they stay Terminating until its kubelet is back. DaemonSets' and static pods stay. */
export function evictFromLost(core: Core, name: string): void {
  for (const pod of core.store.pods.find('node', name)) {
    const stays = pod.metadata.ownerReferences?.some(owner => owner.kind === 'DaemonSet' || owner.kind === 'Node');
    if (stays || pod.metadata.deletionTimestamp !== undefined) continue;
    deleteObject(core, pods, pod, readDeleteOptions(undefined));
  }
}
