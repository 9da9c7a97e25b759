import { failureOf } from '../../shared/domain/failure.ts';
import { type Plan, type PlanCluster, planClusters } from '../../shared/domain/plan.ts';
import type { StepName } from '../../shared/domain/steps.ts';
import type { ClusterApi } from '../../shared/ports/cluster.ts';
import type { Step, StepContext } from '../../shared/ports/step.ts';
import { clusterLeaseHolder, LEASE_NAME } from '../common/cluster-lease.ts';
import { giveNodeLease, type NodeLease, nodeLeaseOf, takeNodeLease } from '../common/node-lease.ts';
import { judgeNode } from '../common/windows.ts';
import { markOfUs } from './common/cordon.ts';

type Context = StepContext<unknown>;

/** Steps that may still wait for others, as long as they have not begun: the rest takes the node on to its end. */
const MAY_WAIT: readonly StepName[] = ['drain', 'upgrade', 'reboot'];
/** A Lease is taken for the step's own time and this much more; the scheduler renews it as long as the node is away. */
const MARGIN_SECONDS = 600;

/** What must end before a step may begin. */
export interface Obstacle {
  readonly reason: string;
  /** A window that is closed: when it opens, ms since the epoch; Infinity: not to be seen. null: it is no window. */
  readonly opensAtMs: number | null;
}

const other = (reason: string | null): Obstacle | null => (reason === null ? null : { reason, opensAtMs: null });

/**
 * For a step that has not begun: makes sure that a window is open, takes the node's Lease, and makes sure before the first
 * step that the cluster is still ours.
 * Returns what must end first; null: nothing. Rejects as the cluster's calls do.
 */
export async function obstacleToWork(plan: Plan, step: Step, context: Context): Promise<Obstacle | null> {
  const { cluster: api, node, policy, clock, signal } = context;
  const cluster = clusterOf(plan, context);
  if (!cluster || hasBegun(step, context) || !MAY_WAIT.includes(step.name)) return null;
  const verdict = judgeNode(cluster, node.name, clock.now());
  if (!verdict.open) return { reason: verdict.reason, opensAtMs: verdict.opensAtMs ?? Number.POSITIVE_INFINITY };
  if (step.name === 'reboot') {
    const shut = await context.shutGates('reboot');
    if (shut.length > 0) return other(shut.join('; '));
  }
  if (!api) return null;
  const lost = step.name === 'drain' ? await clusterLost(api, cluster, context) : null;
  if (lost !== null) return other(lost);
  const lease = leaseOf(api, cluster, context);
  if (!lease) return null;
  await context.guard();
  const seconds = Math.ceil(policy.limits[step.name].timeoutMs / 1000) + MARGIN_SECONDS;
  const obstacle = await takeNodeLease(lease, seconds, clock.now(), signal);
  return other(obstacle === null ? null : `${node.name}: ${obstacle}`);
}

function hasBegun(step: Step, { memory }: Context): boolean {
  return memory !== null && (step.hasBegun?.(memory) ?? true);
}

/** Gives the node's Lease back once the Node does not carry our mark any more. Never rejects; returns what went wrong. */
export async function giveHoldBack(plan: Plan, context: Context): Promise<string | null> {
  const { cluster: api, node, fence, signal } = context;
  const cluster = clusterOf(plan, context);
  const lease = api && cluster && leaseOf(api, cluster, context);
  if (!lease) return null;
  try {
    const seen = await api.getNode(node.name, signal);
    if (!seen || markOfUs(seen, fence) === null) await giveNodeLease(lease, signal);
    return null;
  } catch (error) {
    return failureOf(error).message;
  }
}

function clusterOf(plan: Plan, { node }: Context): PlanCluster | undefined {
  return planClusters(plan).find(cluster => cluster.name === node.cluster);
}

function leaseOf(api: ClusterApi, { policy }: PlanCluster, { node, fence }: Context): NodeLease | null {
  return nodeLeaseOf(api, policy, { name: node.name, uid: node.kubernetes?.uid ?? '' }, fence);
}

/** A scheduler that was cut off from the cluster may have lost it to another installation after its last claim. */
async function clusterLost(api: ClusterApi, { name, policy }: PlanCluster, { fence, signal }: Context) {
  const lease = await api.getLease(policy.leaseNamespace, LEASE_NAME, signal);
  if (lease?.holder === clusterLeaseHolder(fence)) return null;
  return `cluster ${name} is not ours: its Lease is held by ${lease?.holder ?? 'nobody'}`;
}
