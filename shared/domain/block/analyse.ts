import { budgetsOf } from '../budgets.ts';
import type { NodeView, PdbView, PodView } from '../facts.ts';
import { adviceFor } from './advice.ts';
import { awayOf, goneNode, type Ours } from './away.ts';
import { type AwayNode, type Block, MOST_AWAY, MOST_UNHEALTHY } from './block.ts';
import { causeOf, type EvictionSeen } from './cause.ts';
import { numbersOf } from './numbers.ts';
import { ownerOf } from './owner.ts';
import { byWorst, isHealthy, isUnplaced, troubleOf } from './trouble.ts';

/** What was read of a cluster to explain its refusals; null: could not be read. */
export interface BlockFacts {
  /** At least those of the pod's namespace that its budgets select; others do no harm. */
  readonly pods: readonly PodView[] | null;
  readonly pdbs: readonly PdbView[] | null;
  readonly nodes: readonly NodeView[] | null;
  readonly ours: Ours;
  readonly nowMs: number;
}

/**
 * Why a pod cannot be evicted, as far as its cluster tells, and what would unblock it. Pure; never throws; facts that
 * contradict each other (they are read one after another) give a less certain cause, not an error.
 */
export function analyseBlock(pod: PodView, answer: EvictionSeen, facts: BlockFacts): Block {
  const { nowMs } = facts;
  const budgets = asked(pod, answer, facts.pdbs);
  const matched = facts.pods && budgets && matchedBy(budgets, facts.pods);
  const owner = ownerOf(pod);
  const siblings = siblingsOf(pod, budgets ?? [], facts.pods ?? [], matched ?? []);
  const away = awayNodes(facts);
  const unhealthy = siblings
    .filter(each => !isHealthy(each))
    .map(each => troubleOf(each, placeOf(each, away, facts.nodes !== null), nowMs))
    .toSorted(byWorst);
  const cause = causeOf({ pod, answer, budgets, matched, unhealthy, nowMs });
  const block = {
    pod: `${pod.namespace}/${pod.name}`,
    node: pod.nodeName,
    owner,
    cause,
    budgets: (budgets ?? []).map(numbersOf),
    healthy: byNode(siblings.filter(isHealthy)),
    unhealthy: unhealthy.slice(0, MOST_UNHEALTHY),
    moreUnhealthy: Math.max(0, unhealthy.length - MOST_UNHEALTHY),
    away: unhealthy.some(each => isUnplaced(each.kind)) ? closed(away, pod.nodeName) : [],
    unread: unreadOf(facts),
  };
  const replicas = (matched ?? []).filter(each => isSameOwner(each, pod)).length;
  const { namespace, name } = pod;
  return { ...block, unblocks: adviceFor({ block, namespace, name, budgets: budgets ?? [], replicas }) };
}

/** The budgets that have a say: those that refused, or all that match where the answer names none; null: not known. */
function asked(
  pod: PodView,
  { kind, message, budgets }: EvictionSeen,
  pdbs: readonly PdbView[] | null,
): PdbView[] | null {
  if (pod.deletionMs !== null || kind === 'accepted' || kind === 'namespace-terminating') return [];
  if (pdbs === null) return null;
  const all = kind === 'impossible' && /disruption ?budget/i.test(message);
  const found = all
    ? budgetsOf(pod, pdbs)
    : pdbs.filter(each => each.namespace === pod.namespace && budgets.includes(each.name));
  return found.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function matchedBy(budgets: readonly PdbView[], pods: readonly PodView[]): PodView[] {
  return pods.filter(each => budgetsOf(each, budgets).length > 0);
}

/** The other pods its budgets count, or, where none is known, of its workload. */
function siblingsOf(pod: PodView, budgets: readonly PdbView[], pods: readonly PodView[], matched: readonly PodView[]) {
  const like =
    budgets.length > 0 ? matched : pods.filter(each => each.namespace === pod.namespace && isSameOwner(each, pod));
  return like.filter(each => each.uid !== pod.uid);
}

function isSameOwner(a: PodView, b: PodView): boolean {
  const [one, other] = [ownerOf(a), ownerOf(b)];
  return one !== null && one.kind === other?.kind && one.name === other.name;
}

function awayNodes({ nodes, ours }: BlockFacts): ReadonlyMap<string, AwayNode | null> {
  return new Map((nodes ?? []).map(node => [node.name, awayOf(node, ours)]));
}

function placeOf(pod: PodView, away: ReadonlyMap<string, AwayNode | null>, known: boolean): AwayNode | null {
  if (pod.nodeName === '' || !known) return null;
  return away.has(pod.nodeName) ? (away.get(pod.nodeName) ?? null) : goneNode(pod.nodeName);
}

/** Nodes that take no pods; the one under drain is known to. */
function closed(away: ReadonlyMap<string, AwayNode | null>, draining: string): AwayNode[] {
  return [...away.values()].filter(each => each !== null && each.node !== draining).slice(0, MOST_AWAY) as AwayNode[];
}

function byNode(pods: readonly PodView[]): Block['healthy'] {
  const counts = new Map<string, number>();
  for (const { nodeName } of pods) counts.set(nodeName, (counts.get(nodeName) ?? 0) + 1);
  const all = [...counts].map(([node, count]) => ({ node, pods: count }));
  return all.toSorted((a, b) => b.pods - a.pods || (a.node < b.node ? -1 : 1));
}

function unreadOf({ pods, pdbs, nodes }: BlockFacts): string[] {
  const parts = [pods === null ? 'pods' : '', pdbs === null ? 'budgets' : '', nodes === null ? 'nodes' : ''];
  return parts.filter(part => part !== '');
}
