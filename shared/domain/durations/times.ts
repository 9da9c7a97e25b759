import type { PlanNode } from '../plan.ts';
import type { StepName } from '../steps.ts';

/** How long steps took, ms; what they waited for others is not counted. */
export type StepTimes = Readonly<Partial<Record<StepName, number>>>;

/** How long one round of a node took that ended well, and in which something was done. */
export interface NodeTimes {
  /** Of rollout, node and round: each is kept once. */
  readonly id: string;
  /** When the node was done, ms since the epoch. */
  readonly atMs: number;
  readonly steps: StepTimes;
}

/** What is known of a cluster: by {@link kindOf}, the oldest first. */
export type ClusterTimes = Readonly<Record<string, readonly NodeTimes[]>>;

/** So many of each kind are kept. */
export const MOST_TIMES = 200;

/**
 * Nodes of a kind take about as long as each other: `control-plane`, `worker`, or their roles; apart from these those that
 * are not upgraded, such as the ones of a watch schedule.
 */
export function kindOf({ controlPlane, roles, steps }: Pick<PlanNode, 'controlPlane' | 'roles' | 'steps'>): string {
  const role = controlPlane ? 'control-plane' : [...roles].sort().join('+') || 'worker';
  const isUpgraded = !steps.some(({ step, skip }) => step === 'upgrade' && skip !== undefined);
  return isUpgraded ? role : `${role}, not upgraded`;
}

/** All steps together, ms. */
export function totalOf(steps: StepTimes): number {
  return Object.values(steps).reduce((sum, ms) => sum + ms, 0);
}
