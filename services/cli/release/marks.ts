import { type NodeView, type WorkMark, workMarkOf } from '../../../shared/domain/facts.ts';
import { judgeMark, type MarkVerdict } from '../../../shared/domain/left-behind.ts';
import type { ClusterPolicy } from '../../../shared/domain/policy.ts';
import type { ClusterApi } from '../../../shared/ports/cluster.ts';
import { clusterLeaseHolder, LEASE_NAME } from '../../common/cluster-lease.ts';
import { expiresAtMs, isLive, nodeLeaseOf } from '../../common/node-lease.ts';
import type { KnownRollouts } from './known.ts';

/** A Node with a mark, and whether somebody still works on it. */
export interface MarkedNode {
  readonly node: NodeView;
  readonly mark: WorkMark;
  readonly verdict: MarkVerdict;
}

/** Where marks are judged. */
export interface MarkPlace {
  readonly api: ClusterApi;
  readonly cluster: string;
  readonly policy: Pick<ClusterPolicy, 'leaseNamespace' | 'nodeLease'>;
  readonly known: KnownRollouts;
  readonly nowMs: number;
}

/** Judges the marks that can be read; null for a Node that carries none, or one that cannot. Rejects as the cluster's calls do. */
export async function judgeNodeMark(place: MarkPlace, node: NodeView, signal: AbortSignal): Promise<MarkedNode | null> {
  const mark = workMarkOf(node.annotations);
  if (mark === null || mark === 'unreadable') return null;
  const rollout = await place.known.of(mark.rollout, place.cluster, node.name);
  const heldUntilMs = rollout ? null : await heldUntil(place, node, mark, signal);
  return { node, mark, verdict: judgeMark({ mark, rollout, heldUntilMs }) };
}

async function heldUntil(
  { api, policy, nowMs }: MarkPlace,
  node: NodeView,
  mark: WorkMark,
  signal: AbortSignal,
): Promise<number | null> {
  const own = nodeLeaseOf(api, policy, node, mark);
  const [cluster, ofNode] = await Promise.all([
    api.getLease(policy.leaseNamespace, LEASE_NAME, signal),
    own ? api.getLease(own.namespace, own.name, signal) : null,
  ]);
  const live = [
    cluster?.holder === clusterLeaseHolder(mark) ? cluster : null,
    ofNode?.holder === own?.holder ? ofNode : null,
  ].filter(lease => isLive(lease, nowMs));
  return live.length === 0 ? null : Math.max(...live.map(lease => (lease ? expiresAtMs(lease) : 0)));
}
