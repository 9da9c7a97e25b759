import type { NodeView, PdbView, PodView } from '../domain/facts.ts';

/** A budget with fewer healthy pods than it wants. */
export function isShort(budget: PdbView): boolean {
  return budget.expectedPods > 0 && budget.currentHealthy < budget.desiredHealthy;
}

/** `namespace/name`. */
export function budgetName(budget: PdbView): string {
  return `${budget.namespace}/${budget.name}`;
}

/** What the recovery gate looks at after a node's uncordon. */
export interface RecoveryFacts {
  /** undefined: the Node is gone. */
  readonly node: NodeView | undefined;
  /** Whether somebody keeps it cordoned on purpose. */
  readonly mayStayCordoned: boolean;
  readonly pods: readonly PodView[];
  readonly budgets: readonly PdbView[];
  /** Budgets that were short before: `namespace/name`. */
  readonly shortBefore: readonly string[];
}

/** Why the cluster has not recovered from a node's absence yet; empty: it has. */
export function recoveryObstacles(facts: RecoveryFacts): string[] {
  const { node } = facts;
  if (!node) return [];
  const obstacles: string[] = [];
  if (!node.ready) obstacles.push(`${node.name} is not Ready: ${node.notReadyReason}`);
  if (node.unschedulable && !facts.mayStayCordoned) obstacles.push(`${node.name} is not schedulable`);
  const starting = facts.pods.filter(
    pod => !pod.ready && pod.deletionMs === null && pod.phase !== 'Succeeded' && pod.phase !== 'Failed',
  );
  if (starting.length > 0) {
    const names = starting.slice(0, 3).map(pod => `${pod.namespace}/${pod.name}`);
    obstacles.push(`${starting.length} of its pods not Ready: ${names.join(', ')}${starting.length > 3 ? ', …' : ''}`);
  }
  for (const budget of facts.budgets) {
    if (!isShort(budget) || facts.shortBefore.includes(budgetName(budget))) continue;
    obstacles.push(
      `budget ${budgetName(budget)} has ${budget.currentHealthy} healthy pods and wants ${budget.desiredHealthy}`,
    );
  }
  return obstacles;
}
