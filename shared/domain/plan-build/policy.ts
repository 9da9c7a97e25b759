import type { FleetCluster, PolicyLayer } from '../fleet.ts';
import type { Hook } from '../hooks/hook.ts';
import type { NodePolicy, StepLimits } from '../policy.ts';
import { STEPS, type StepName } from '../steps.ts';

/** The policy of a node and the name under which the plan keeps it. Roles apply in the order of the fleet file. */
export function policyForRoles(cluster: FleetCluster, roles: readonly string[]): { name: string; policy: NodePolicy } {
  const applied = cluster.rolePolicies.filter(each => roles.includes(each.role));
  const names = [...new Set(applied.map(each => each.role))];
  const name = names.length === 0 ? cluster.name : `${cluster.name}/${names.join('+')}`;
  return { name, policy: applied.reduce((policy, each) => applyLayer(policy, each.policy), cluster.nodePolicy) };
}

/** A policy with what a layer says put above it. */
export function applyLayer(base: NodePolicy, layer: PolicyLayer): NodePolicy {
  return {
    cordon: { ...base.cordon, ...layer.cordon },
    drain: { ...base.drain, ...layer.drain },
    upgrade: { ...base.upgrade, ...layer.upgrade },
    reboot: { ...base.reboot, ...layer.reboot },
    verify: { ...base.verify, ...layer.verify },
    limits: limitsOf(base, layer),
    onInterrupted: layer.onInterrupted ?? base.onInterrupted,
    cordonedByOthers: layer.cordonedByOthers ?? base.cordonedByOthers,
    hooks: withHooks(base.hooks, layer.hooks ?? []),
  };
}

/** A role's hook replaces one of the same name where that stands; the others come after. */
function withHooks(base: readonly Hook[], added: readonly Hook[]): Hook[] {
  const kept = base.map(hook => added.find(other => other.name === hook.name) ?? hook);
  return [...kept, ...added.filter(hook => !base.some(other => other.name === hook.name))];
}

function limitsOf(base: NodePolicy, layer: PolicyLayer): Record<StepName, StepLimits> {
  const entries = STEPS.map(step => [step, { ...base.limits[step], ...layer.limits?.[step] }]);
  return Object.fromEntries(entries) as Record<StepName, StepLimits>;
}
