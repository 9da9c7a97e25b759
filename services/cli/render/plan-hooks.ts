import { type Hook, isNodeHook } from '../../../shared/domain/hooks/hook.ts';
import { type Plan, type PlanCluster, policyOf } from '../../../shared/domain/plan.ts';

/** The hooks that go around a cluster, its waves and its nodes, one text each; those not all nodes have say which. */
export function hookTexts(plan: Plan, cluster: PlanCluster): string[] {
  const nodes = cluster.waves.flatMap(wave => wave.nodes);
  const counts = new Map<string, number>();
  for (const hook of nodes.flatMap(node => policyOf(plan, node).hooks)) {
    const text = hookText(hook);
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  const ofNodes = [...counts].map(([text, count]) => {
    return count === nodes.length ? text : `${text} (${count} of ${nodes.length} nodes)`;
  });
  return [...cluster.policy.hooks.map(hookText), ...ofNodes];
}

function hookText(hook: Hook): string {
  const { name, when, of, on, outcomes, onFailure } = hook;
  const plain = when === 'before' || outcomes.join() === 'done';
  const ends = plain ? '' : ` (${outcomes.join(', ')})`;
  const where = isNodeHook(hook) && on === 'host' ? ', on the host' : '';
  return `${name} ${when} ${of}${ends}${where}, ${onFailure === 'stop' ? 'stops' : 'warns'}`;
}
