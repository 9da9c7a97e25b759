import type { Fleet, FleetCluster } from '../fleet.ts';
import type { ClusterInventory } from '../inventory.ts';
import { isControlPlane, ROLE_PREFIX, rolesOfLabels } from '../labels.ts';
import { type PlanNode, type PlanProblem, THIS_MACHINE } from '../plan.ts';
import type { Candidate } from './hosts.ts';

/** Two hosts at one address would be one machine upgraded twice, and drained under the wrong name. */
export function addressProblems(fleet: Fleet, nodes: readonly PlanNode[]): PlanProblem[] {
  const seen = new Map<string, PlanNode>();
  return nodes.flatMap((node): PlanProblem[] => {
    const { address, port, profile } = node.host;
    // The same private address behind two jump hosts is two machines.
    const jump = fleet.profiles[profile]?.jump ?? [];
    const key = profile === THIS_MACHINE ? THIS_MACHINE : JSON.stringify([address, port, jump]);
    const other = seen.get(key);
    if (!other) {
      seen.set(key, node);
      return [];
    }
    const which = profile === THIS_MACHINE ? 'connection local' : `${address}, port ${port}`;
    const message = `${node.name} has the address of ${other.cluster}/${other.name}: ${which}`;
    return [{ code: 'same-address', cluster: node.cluster, node: node.name, message }];
  });
}

/** A control plane of one or two members loses its quorum with each reboot. */
export function quorumProblems(
  cluster: FleetCluster,
  inventory: ClusterInventory,
  planned: readonly Candidate[],
): PlanProblem[] {
  if (inventory.nodes === null || cluster.policy.allowControlPlaneOutage) return [];
  const rebooted = planned.filter(each => each.view && each.node.controlPlane && each.policy.reboot.when !== 'never');
  if (rebooted.length === 0) return [];
  const byLabel = inventory.nodes.filter(node => isControlPlane(rolesOfLabels(node.labels, [ROLE_PREFIX])));
  const byInventory = inventory.hosts.filter(host => host.kubernetes && isControlPlane(host.roles));
  const members = new Set([...byLabel, ...byInventory].map(each => each.name));
  if (members.size > 2) return [];
  const names = [...members].sort().join(', ');
  const count = members.size === 1 ? 'one member' : 'two members';
  const message = `the control plane of ${cluster.name} has ${count} (${names}): a reboot takes its API away; say allowControlPlaneOutage: true to bear that`;
  return [{ code: 'control-plane-outage', cluster: cluster.name, message }];
}
