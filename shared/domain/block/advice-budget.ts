import { neverAllows } from '../budgets.ts';
import type { PdbView } from '../facts.ts';
import type { AdviceFacts } from './advice.ts';
import type { Advice, Owner } from './block.ts';

/** Workloads that `kubectl scale` takes. */
const SCALABLE = ['Deployment', 'StatefulSet', 'ReplicaSet', 'ReplicationController'];

/** What to do about a budget that never allows: more pods where that helps, else another number, else a delete. */
export function neverAdvice(facts: AdviceFacts): Advice[] {
  const { namespace, name, budgets } = facts;
  const [budget] = budgets;
  if (!budget) return [];
  const more = moreReplicas(facts, budget);
  return [
    ...(more ? [more] : []),
    {
      text: more ? 'Or let the budget give one up' : 'Let the budget give one up',
      command: `kubectl -n ${namespace} patch pdb ${budget.name} --type merge -p '${JSON.stringify({ spec: giving(budget, facts) })}'`,
    },
    {
      text: 'Or, if its owner agrees, delete the pod: a delete asks no budget',
      command: `kubectl -n ${namespace} delete pod ${name}`,
    },
  ];
}

/** The change of the specification that lets one pod go. */
function giving({ minAvailable, maxUnavailable, expectedPods }: PdbView, { block }: AdviceFacts) {
  const counted = Math.max(
    expectedPods,
    block.healthy.reduce((sum, each) => sum + each.pods, 1),
  );
  if (minAvailable !== null && !minAvailable.endsWith('%')) return { minAvailable: counted - 1 };
  if (minAvailable !== null)
    return expectedPods > 0 ? { minAvailable: null, maxUnavailable: 1 } : { minAvailable: counted - 1 };
  // A budget without a scale to count by only works with a whole minAvailable.
  if (maxUnavailable !== null && expectedPods === 0 && !/^0%?$/.test(maxUnavailable)) {
    return { maxUnavailable: null, minAvailable: counted - 1 };
  }
  return { maxUnavailable: 1 };
}

function moreReplicas({ block, namespace, replicas }: AdviceFacts, budget: PdbView): Advice | null {
  const { owner } = block;
  const extra = extraPods(budget);
  if (extra === null || owner === null || !SCALABLE.includes(owner.kind)) return null;
  return {
    text: `Scale up by ${extra}${budget.expectedPods === 1 ? ', so that it is not its only pod' : ''}, for the time of the drain`,
    command: scale(namespace, owner, Math.max(1, replicas) + extra),
  };
}

function scale(namespace: string, owner: Owner, count: number): string {
  return `kubectl -n ${namespace} scale ${owner.kind.toLowerCase()} ${owner.name} --replicas=${count}`;
}

/** With how many pods more the budget would let one go; null: no number helps, or too many. */
function extraPods(budget: PdbView): number | null {
  if (budget.minAvailable === null || budget.expectedPods <= 0) return null;
  for (let extra = 1; extra <= 10; extra++) {
    if (neverAllows({ ...budget, expectedPods: budget.expectedPods + extra }) === null) return extra;
  }
  return null;
}
