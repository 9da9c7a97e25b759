import type { ClusterPolicy } from '../../shared/domain/policy.ts';
import type { ClusterApi, LeaseView } from '../../shared/ports/cluster.ts';

/** The Lease of one Node: other tools that look at it keep away while the Node is worked on. */
export interface NodeLease {
  readonly api: ClusterApi;
  readonly namespace: string;
  readonly name: string;
  readonly node: { readonly name: string; readonly uid: string };
  /** As written into it. */
  readonly holder: string;
}

/** Who works on a Node. */
export interface Holder {
  readonly installation: string;
  readonly rollout: string;
}

/** How a holder is written into a Node's Lease, in which other tools write names of their own. */
export function nodeLeaseHolder({ installation, rollout }: Holder): string {
  return `nodetide/${installation}/${rollout}`;
}

/** The Lease of a Node; null: by policy there is none. */
export function nodeLeaseOf(
  api: ClusterApi,
  { nodeLease }: Pick<ClusterPolicy, 'nodeLease'>,
  node: { readonly name: string; readonly uid: string },
  holder: Holder,
): NodeLease | null {
  if (!nodeLease) return null;
  const { namespace, prefix } = nodeLease;
  return { api, namespace, name: `${prefix}${node.name}`, node, holder: nodeLeaseHolder(holder) };
}

/** Whether somebody holds a Lease at this moment. One without times is held by nobody. */
export function isLive(lease: LeaseView | null, nowMs: number): lease is LeaseView {
  if (!lease || lease.holder === null || lease.renewedAtMs === null || lease.durationSeconds === null) return false;
  return nowMs < expiresAtMs(lease);
}

/** When a Lease ends unless it is renewed, ms since the epoch. */
export function expiresAtMs({ renewedAtMs, durationSeconds }: LeaseView): number {
  return (renewedAtMs ?? 0) + (durationSeconds ?? 0) * 1000;
}

/** Takes or renews it for `seconds`. Returns why it cannot be ours; null: it is. Rejects as the cluster's calls do. */
export async function takeNodeLease(
  lease: NodeLease,
  seconds: number,
  nowMs: number,
  signal: AbortSignal,
): Promise<string | null> {
  const { api, namespace, name, holder } = lease;
  const seen = await api.getLease(namespace, name, signal);
  if (seen && seen.holder !== holder && isLive(seen, nowMs)) return obstacleOf(lease, seen);
  if (await write(lease, seen, holder, seconds, signal)) return null;
  const now = await api.getLease(namespace, name, signal);
  return now?.holder === holder ? null : obstacleOf(lease, now);
}

/** Renews it if it is ours and a third of its time is over. Returns ms until the next look is due. */
export async function keepNodeLease(lease: NodeLease, nowMs: number, signal: AbortSignal): Promise<number> {
  const seen = await lease.api.getLease(lease.namespace, lease.name, signal);
  if (seen?.holder !== lease.holder) return KEEP_MS;
  const seconds = seen.durationSeconds ?? 0;
  const dueMs = (seen.renewedAtMs ?? 0) + (seconds * 1000) / 3 - nowMs;
  if (dueMs <= 0) await write(lease, seen, lease.holder, Math.max(seconds, 1), signal);
  return Math.min(dueMs > 0 ? dueMs : (seconds * 1000) / 3, KEEP_MS);
}

/** Longest time between two looks at the Lease of a Node that is away. */
const KEEP_MS = 60_000;

/** Somebody who renews it in the same moment does so seldom: more often than this it is no chance. */
const MOST_TRIES = 5;

/** Gives it up if it is ours: for other tools it ends within a second. */
export async function giveNodeLease(lease: NodeLease, signal: AbortSignal): Promise<void> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const seen = await lease.api.getLease(lease.namespace, lease.name, signal);
    if (seen?.holder !== lease.holder) return;
    // Another tool may read a Lease without a holder as one that is held: it also has to expire.
    if (await write(lease, seen, null, 1, signal)) return;
  }
}

async function write(
  lease: NodeLease,
  seen: LeaseView | null,
  holder: string | null,
  durationSeconds: number,
  signal: AbortSignal,
): Promise<boolean> {
  const acquiredAtMs = seen?.holder === lease.holder ? seen.acquiredAtMs : null;
  const wish = {
    holder,
    durationSeconds,
    expected: seen?.resourceVersion ?? null,
    owner: lease.node,
    ...(acquiredAtMs ? { acquiredAtMs } : {}),
  };
  return (await lease.api.putLease(lease.namespace, lease.name, wish, signal)) !== null;
}

function obstacleOf({ namespace, name }: NodeLease, seen: LeaseView | null): string {
  return `the node's Lease ${namespace}/${name} is held by ${seen?.holder ?? 'nobody'}`;
}
