import { isControlPlane, ROLE_PREFIX, rolesOfLabels } from '../labels.ts';
import type { PlanCluster, PlanWave } from '../plan.ts';
import type { NodePolicy } from '../policy.ts';
import type { PreflightFacts } from './facts.ts';
import type { Discovery } from './finding.ts';

/** What the reboots of a wave's control-plane nodes do to the quorum, with the members that are Ready now. */
export function quorumFindings(
  cluster: PlanCluster,
  wave: PlanWave,
  policies: Readonly<Record<string, NodePolicy>>,
  facts: PreflightFacts,
): Discovery[] {
  const rebooted = wave.nodes.filter(
    node => node.kubernetes && node.controlPlane && policies[node.policy]?.reboot.when !== 'never',
  );
  if (rebooted.length === 0) return [];
  const planned = cluster.waves.flatMap(each => each.nodes).filter(node => node.kubernetes && node.controlPlane);
  const names = new Set(planned.map(node => node.name));
  const members = facts.nodes.filter(({ name, labels }) => {
    return names.has(name) || isControlPlane(rolesOfLabels(labels, [ROLE_PREFIX]));
  });
  if (members.length <= 2) {
    const count = members.length === 1 ? 'one member' : 'two members';
    const message = `the control plane has ${count}: its API is away while one reboots`;
    return [{ code: 'controlPlaneOutage', message, nodes: rebooted.map(node => node.name), pods: [] }];
  }
  const ready = new Set(members.filter(member => member.ready).map(member => member.name));
  const quorum = Math.floor(members.length / 2) + 1;
  const breaking = rebooted.filter(({ name }) => ready.has(name) && ready.size - 1 < quorum);
  if (breaking.length === 0) return [];
  const message = `${ready.size} of ${members.length} control-plane members are Ready: one more away leaves ${ready.size - 1}, and the quorum is ${quorum}`;
  return [{ code: 'controlPlaneQuorum', message, nodes: breaking.map(node => node.name), pods: [] }];
}
