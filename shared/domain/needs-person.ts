import type { DraftNode } from './fold.ts';
import type { ClusterStatus, WaveStatus } from './status.ts';

/** A wave or cluster as far as it matters here. */
type Wave = Pick<WaveStatus, 'state' | 'nodes' | 'failureBudget' | 'waiting'>;
type Cluster = Pick<ClusterStatus, 'failureBudget'> & { readonly waves: readonly Wave[] };

/** Whether nodes have failed or are held, and no other can go on without a person. `budget`: the rollout's. */
export function needsPerson(
  budget: number,
  clusters: readonly Cluster[],
  nodes: ReadonlyMap<string, DraftNode>,
): boolean {
  let failed = 0;
  for (const node of nodes.values()) {
    if (isOnItsWay(node)) return false;
    if (node.state === 'failed') failed += 1;
  }
  if (failed === 0) return onlyHeldAreLeft(clusters, nodes);
  if (failed > budget) return true;
  return !clusters.some(cluster => cluster.waves.some(wave => canGoOn(cluster, wave, nodes)));
}

function isOnItsWay(node: DraftNode): boolean {
  // Away, but kept from going on by the failures of others.
  const isHeldByBudget = node.reason.startsWith('failure budget spent');
  if (node.state === 'claimed') return !isHeldByBudget;
  return node.state === 'failed' && node.asked;
}

/** An open wave whose budgets bear what failed, and in which a slot takes the next node now or after the recovery. */
function canGoOn(cluster: Cluster, wave: Wave, nodes: ReadonlyMap<string, DraftNode>): boolean {
  if (wave.state !== 'running') return false;
  const failedOf = (waves: readonly Wave[]) =>
    waves.flatMap(each => each.nodes).filter(key => nodes.get(key)?.state === 'failed').length;
  if (failedOf(cluster.waves) > (cluster.failureBudget ?? Number.POSITIVE_INFINITY)) return false;
  if (failedOf([wave]) > (wave.failureBudget ?? Number.POSITIVE_INFINITY)) return false;
  const own = wave.nodes.flatMap(key => nodes.get(key) ?? []);
  if (own.some(node => node.state === 'done' && node.slot !== null)) return true;
  return own.some(node => node.state === 'pending' && node.reason === '') && !keptByTheFailed(wave);
}

/** What failed is away, and takes the place of the next node; or it is the canary of its wave. */
function keptByTheFailed({ waiting }: Wave): boolean {
  const reasons = waiting.flatMap(each => each.reasons);
  return (
    reasons.length > 0 &&
    reasons.every(reason =>
      /^(maxUnavailable|one control-plane node)|: \d+ of \d+ away: |goes alone: \S+ is failed/.test(reason),
    )
  );
}

/** In the open waves nothing can be taken but nodes that wait for a person. */
function onlyHeldAreLeft(clusters: readonly Cluster[], nodes: ReadonlyMap<string, DraftNode>): boolean {
  const open = clusters.flatMap(cluster => cluster.waves.filter(wave => wave.state === 'running'));
  const away = [...nodes.values()].some(node => node.state === 'done' && node.slot !== null);
  const keys = open.flatMap(wave => wave.nodes).filter(key => nodes.get(key)?.state === 'pending');
  return !away && keys.length > 0 && keys.every(key => nodes.get(key)?.reason !== '');
}
