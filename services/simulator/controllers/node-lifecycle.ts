import { conditionIs, withCondition } from '../api/conditions.ts';
import type { Core } from '../api/core.ts';
import { at, type Kube, kubeTime } from '../api/object.ts';
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

/** One step at a time, each a write of its own, as its real counterparts work beside each other. */
function tainted(core: Core, node: Kube): Kube {
  for (const [key, effect, wanted] of wantedTaints(node)) {
    if (wanted === hasTaint(node, key, effect)) continue;
    return wanted ? withTaint(node, { key, effect, timeAdded: kubeTime(core.now()) }) : withoutTaint(node, key, effect);
  }
  return node;
}

function wantedTaints(node: Kube): readonly (readonly [key: string, effect: string, wanted: boolean])[] {
  const unknown = conditionIs(node, 'Ready', 'Unknown');
  const unready = conditionIs(node, 'Ready', 'False');
  return [
    [UNSCHEDULABLE, 'NoSchedule', at(node, 'spec', 'unschedulable') === true],
    [NOT_READY, 'NoSchedule', unready],
    [UNREACHABLE, 'NoSchedule', unknown],
    [NOT_READY, 'NoExecute', unready],
    [UNREACHABLE, 'NoExecute', unknown],
  ];
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
