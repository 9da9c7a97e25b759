import type { NodeView, PodView } from '../../shared/domain/facts.ts';
import type { Toleration } from '../../shared/domain/placement.ts';

/** A tiny cluster of which everything is tried. */
export interface TinyCluster {
  readonly nodes: readonly NodeView[];
  readonly pods: readonly PodView[];
}

/**
 * Whether each of the pods `moving` can be on some node, all at once, while the node `away` takes none; the other pods
 * stay where they are. `mayStay`: which of the moving may also be where they are now. Tries every way; shares no code
 * with what it is compared with, and knows only simple pods: CPU, one node selector, tolerations, one anti-affinity.
 */
export function canBePlaced(
  { nodes, pods }: TinyCluster,
  moving: readonly PodView[],
  away: string,
  mayStay: (pod: PodView) => boolean,
): boolean {
  const here = pods.filter(pod => !moving.includes(pod)).map(pod => ({ pod, node: pod.nodeName, moved: false }));
  const rest = [...moving];
  const next = (placed: readonly { pod: PodView; node: string; moved: boolean }[]): boolean => {
    const pod = rest[placed.length - here.length];
    if (!pod) return placed.every(each => !each.moved || isFine(nodes, placed, each));
    const places = nodes.filter(node => node.name !== away && admits(node, pod));
    if (places.some(node => next([...placed, { pod, node: node.name, moved: true }]))) return true;
    return mayStay(pod) && next([...placed, { pod, node: pod.nodeName, moved: false }]);
  };
  return next(here);
}

function admits({ labels, ready, unschedulable, room }: NodeView, { placement }: PodView): boolean {
  const selected = Object.entries(placement.nodeSelector).every(([key, value]) => labels[key] === value);
  const tolerated = room.taints.every(taint =>
    placement.tolerations.some((each: Toleration) => each.key === taint.key),
  );
  return selected && tolerated && ready && !unschedulable;
}

type Placed = { readonly pod: PodView; readonly node: string };

/** Whether a pod that came to its node may be there with all the others. */
function isFine(nodes: readonly NodeView[], placed: readonly Placed[], { pod, node }: Placed): boolean {
  const view = nodes.find(each => each.name === node);
  if (!view) return false;
  const same = placed.filter(each => each.node === node);
  const asked = same.reduce((sum, each) => sum + each.pod.placement.requests.cpuMilli, 0);
  if (pod.placement.requests.cpuMilli > 0 && asked > view.room.allocatable.cpuMilli) return false;
  if (same.length > view.room.pods) return false;
  const ports = same.flatMap(each => each.pod.placement.hostPorts);
  if (pod.placement.hostPorts.some(port => ports.filter(other => other === port).length > 1)) return false;
  return placed.every(
    other =>
      other.pod === pod ||
      (mayBeNear(nodes, pod, node, other) && mayBeNear(nodes, other.pod, other.node, { pod, node })),
  );
}

function mayBeNear(nodes: readonly NodeView[], pod: PodView, at: string, other: Placed): boolean {
  return pod.placement.antiAffinity.every(({ topologyKey, selector }) => {
    const domain = (name: string) => nodes.find(each => each.name === name)?.labels[topologyKey];
    if (domain(at) === undefined || domain(at) !== domain(other.node)) return true;
    return !selector.every(({ key, values }) => values.includes(other.pod.labels[key] ?? ''));
  });
}
