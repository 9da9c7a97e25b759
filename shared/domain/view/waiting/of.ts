import { type Plan, planClusters } from '../../plan.ts';
import type { RolloutStatus } from '../../status.ts';
import type { WaitingItem } from '../waiting.ts';
import { waitingApproval } from './of-approvals.ts';
import { waitingNode } from './of-nodes.ts';
import { waitingPlaces } from './of-places.ts';

const OVER: readonly RolloutStatus['state'][] = ['aborting', 'done', 'aborted'];

/**
 * All of a rollout that waits for a person, or for the world beyond what its work takes; the oldest first. Nothing once it
 * is over, or about to be.
 */
export function waitingOf(status: RolloutStatus, plan: Plan): WaitingItem[] {
  if (OVER.includes(status.state)) return [];
  const wanted = status.approvals.filter(({ state }) => state === 'wanted');
  const gates = new Map(
    planClusters(plan).map(({ name, policy }) => [name, new Set(policy.gates.map(gate => gate.name))]),
  );
  const nodes = Object.values(status.nodes).flatMap(
    node => waitingNode(status, node, gates.get(node.cluster) ?? new Set()) ?? [],
  );
  return [
    ...wanted.map(each => waitingApproval(status, plan, each)),
    ...nodes,
    ...waitingPlaces(status),
    ...haltItems(status),
  ].sort((a, b) => a.sinceMs - b.sinceMs);
}

/** A pause or a stop, by whom and why. */
function haltItems({ id, fleet, state, halt }: RolloutStatus): WaitingItem[] {
  if (halt === null) return [];
  const paused = state === 'paused';
  return [
    {
      kind: 'paused',
      rollout: id,
      fleet,
      sinceMs: halt.atMs,
      title: paused ? `paused by ${halt.by}` : `told to stop by ${halt.by}: no further wave is opened`,
      reasons: halt.why === '' ? [] : [halt.why],
      needs: 'Resume it once it may go on',
      acts: [{ kind: 'resume' }, { kind: 'abort' }],
    },
  ];
}
