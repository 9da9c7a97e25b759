import { type ApprovalPlace, placeText } from '../command.ts';
import type { DraftNode } from '../fold.ts';
import type { Plan } from '../plan.ts';
import type { ApprovalStatus, ClusterStatus, WaveStatus } from '../status.ts';
import { plannedApprovals } from './places.ts';

type Nodes = ReadonlyMap<string, Pick<DraftNode, 'state' | 'slot' | 'reason' | 'asked'>>;
type Cluster = Pick<ClusterStatus, 'name' | 'stage' | 'state'> & {
  readonly waves: readonly Pick<WaveStatus, 'index' | 'state' | 'nodes'>[];
};

/** Whether approvals are waited for that only a person gives, and nothing else goes on. */
export function waitsForApproval(
  plan: Plan,
  clusters: readonly Cluster[],
  nodes: Nodes,
  approvals: readonly ApprovalStatus[],
): boolean {
  const wanted = new Set(approvals.filter(each => each.state === 'wanted').map(each => placeText(each.place)));
  if (wanted.size === 0) return false;
  const all = [...nodes.values()];
  const isAway = (node: (typeof all)[number]) => node.state === 'claimed' || node.asked;
  // One that is done keeps its slot until the cluster has recovered.
  if (all.some(node => isAway(node) || (node.state === 'done' && node.slot !== null))) return false;
  if (!all.some(node => node.state === 'failed')) leaveByItself(plan, wanted);
  const stage = clusters.find(cluster => cluster.state !== 'done')?.stage ?? '';
  if (wanted.has(placeText({ of: 'stage', stage }))) return true;
  const open = clusters.filter(cluster => cluster.stage === stage && cluster.state !== 'done');
  return open.every(cluster => isStuck(cluster, nodes, place => wanted.has(placeText(place))));
}

/** As long as nothing has failed, some need no person. */
function leaveByItself(plan: Plan, wanted: Set<string>): void {
  for (const { place, policy } of plannedApprovals(plan)) if (policy.autoMs !== null) wanted.delete(placeText(place));
}

function isStuck({ name, state, waves }: Cluster, nodes: Nodes, isWanted: (place: ApprovalPlace) => boolean): boolean {
  if (state === 'pending') return isWanted({ of: 'cluster', cluster: name });
  const wave = waves.find(each => each.state === 'running') ?? waves.find(each => each.state === 'pending');
  if (!wave) return false;
  if (wave.state === 'pending') return isWanted({ of: 'wave', cluster: name, wave: wave.index });
  const members = wave.nodes.map(key => nodes.get(key));
  const left = members.filter(node => node?.state === 'pending');
  if (left.length === 0) return members.some(node => node?.state === 'failed');
  return isWanted({ of: 'canary', cluster: name, wave: wave.index }) || left.every(node => node?.reason !== '');
}
