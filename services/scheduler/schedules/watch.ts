import type { Fleet, FleetCluster, PolicyLayer } from '../../../shared/domain/fleet.ts';
import type { RebootPolicy } from '../../../shared/domain/policy.ts';

/** The fleet as mode `watch` rolls it: nothing is upgraded, and nothing rebooted that does not ask for it. */
export function watchedFleet(fleet: Fleet): Fleet {
  const stages = fleet.stages.map(stage => ({ ...stage, clusters: stage.clusters.map(watchedCluster) }));
  return { ...fleet, stages };
}

function watchedCluster(cluster: FleetCluster): FleetCluster {
  const { upgrade, reboot } = cluster.nodePolicy;
  return {
    ...cluster,
    nodePolicy: {
      ...cluster.nodePolicy,
      upgrade: { ...upgrade, manager: 'none' },
      reboot: { ...reboot, when: onDemand(reboot.when) },
    },
    rolePolicies: cluster.rolePolicies.map(({ role, policy }) => ({ role, policy: watchedLayer(policy) })),
  };
}

function watchedLayer(layer: PolicyLayer): PolicyLayer {
  const when = layer.reboot?.when;
  return {
    ...layer,
    upgrade: { ...layer.upgrade, manager: 'none' },
    ...(when === undefined ? {} : { reboot: { ...layer.reboot, when: onDemand(when) } }),
  };
}

/** A policy that always reboots would do so at every look. */
function onDemand(when: RebootPolicy['when']): RebootPolicy['when'] {
  return when === 'always' ? 'if-needed' : when;
}
