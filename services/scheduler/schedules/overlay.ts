import type { Fleet, PolicyLayer } from '../../../shared/domain/fleet.ts';
import { applyLayer } from '../../../shared/domain/plan-build/policy.ts';

/** The fleet as a schedule's own policy has it: key by key it wins over what clusters and roles say. */
export function overlaidFleet(fleet: Fleet, layer: PolicyLayer): Fleet {
  const stages = fleet.stages.map(stage => ({
    ...stage,
    clusters: stage.clusters.map(cluster => ({
      ...cluster,
      nodePolicy: applyLayer(cluster.nodePolicy, layer),
      rolePolicies: cluster.rolePolicies.map(({ role, policy }) => ({ role, policy: over(policy, layer) })),
    })),
  }));
  return { ...fleet, stages };
}

function over(base: PolicyLayer, { drain, upgrade, reboot, verify }: PolicyLayer): PolicyLayer {
  return {
    ...base,
    drain: { ...base.drain, ...drain },
    upgrade: { ...base.upgrade, ...upgrade },
    reboot: { ...base.reboot, ...reboot },
    verify: { ...base.verify, ...verify },
  };
}
