import { type Plan, type PlanCluster, type PlanNode, policyOf } from '../../../shared/domain/plan.ts';
import type { NodePolicy } from '../../../shared/domain/policy.ts';
import type { StepName } from '../../../shared/domain/steps.ts';

/** The different step lists of a cluster, the most usual first. */
export interface StepLists {
  readonly texts: readonly string[];
  /** Position of a node's list in `texts`. */
  of(node: PlanNode): number;
}

/** Which steps the nodes of a cluster will take, under which condition, and why others will not. */
export function stepLists(plan: Plan, cluster: PlanCluster): StepLists {
  const counts = new Map<string, number>();
  for (const node of cluster.waves.flatMap(wave => wave.nodes)) {
    const text = stepsText(plan, node);
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  const texts = [...counts].sort(([, a], [, b]) => b - a).map(([text]) => text);
  return { texts, of: node => texts.indexOf(stepsText(plan, node)) };
}

function stepsText(plan: Plan, node: PlanNode): string {
  const policy = policyOf(plan, node);
  const taken = node.steps.filter(each => each.skip === undefined).map(({ step }) => step + conditionOf(step, policy));
  const reasons = new Map<string, string[]>();
  for (const { step, skip } of node.steps) {
    if (skip !== undefined) reasons.set(skip, [...(reasons.get(skip) ?? []), step]);
  }
  const skipped = [...reasons].map(([reason, steps]) => `no ${steps.join(', ')}: ${reason}`);
  return [taken.join(', '), ...skipped].join('; ');
}

const DRAIN = { always: '', 'if-work': ' (if there is work)', 'if-reboot': ' (only to reboot)' } as const;
const REBOOT = { always: ' (always)', 'if-needed': ' (if needed)', never: '' } as const;

/** What decides at the node's turn whether a step has anything to do. */
function conditionOf(step: StepName, policy: NodePolicy): string {
  if (step === 'drain') return DRAIN[policy.drain.when];
  return step === 'reboot' ? REBOOT[policy.reboot.when] : '';
}
