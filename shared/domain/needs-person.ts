import type { DraftNode } from './fold.ts';
import type { Plan } from './plan.ts';
import type { WaveStatus } from './status.ts';

/** A cluster as far as it matters here. */
interface Waves {
  readonly waves: readonly Pick<WaveStatus, 'state' | 'nodes'>[];
}

/** Whether nodes have failed or are held, and no other can go on without a person. */
export function needsPerson(plan: Plan, clusters: readonly Waves[], nodes: ReadonlyMap<string, DraftNode>): boolean {
  let failed = 0;
  let recovering = false;
  for (const node of nodes.values()) {
    if (isOnItsWay(node)) return false;
    if (node.state === 'failed') failed += 1;
    // Done, but its slot is kept until the cluster has recovered; then the slot takes the next.
    if (node.state === 'done' && node.slot !== null) recovering = true;
  }
  if (recovering && failed <= plan.failureBudget) return false;
  return failed > 0 || onlyHeldAreLeft(clusters, nodes);
}

function isOnItsWay(node: DraftNode): boolean {
  // Away, but kept from going on by the failures of others.
  const isHeldByBudget = node.reason.startsWith('failure budget spent');
  if (node.state === 'claimed') return !isHeldByBudget;
  return node.state === 'failed' && node.asked;
}

/** In the open waves nothing can be taken but nodes that wait for a person. */
function onlyHeldAreLeft(clusters: readonly Waves[], nodes: ReadonlyMap<string, DraftNode>): boolean {
  const open = clusters.flatMap(cluster => cluster.waves.filter(wave => wave.state === 'running'));
  const keys = open.flatMap(wave => wave.nodes).filter(key => nodes.get(key)?.state === 'pending');
  return keys.length > 0 && keys.every(key => nodes.get(key)?.reason !== '');
}
