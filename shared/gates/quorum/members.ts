import type { NodeView } from '../../domain/facts.ts';
import type { NamedMember, QuorumGateSettings } from '../../domain/gate/quorum.ts';
import { matchesLabels, parseLabelSelector } from '../../domain/label-selector.ts';
import { isControlPlane, ROLE_PREFIX, rolesOfLabels } from '../../domain/labels.ts';
import type { PlanCluster } from '../../domain/plan.ts';

type Views = ReadonlyMap<string, NodeView>;

/** Names of all members, sorted; those a command names may be no Nodes. */
export function memberNames(
  { members }: QuorumGateSettings,
  named: readonly NamedMember[] | null,
  nodes: Views,
  cluster: PlanCluster,
): string[] {
  if (members.kind === 'command') return (named ?? []).map(({ name }) => name).toSorted();
  if (members.kind === 'selector') {
    const requirements = parseLabelSelector(members.selector);
    return [...nodes.values()].filter(({ labels }) => matchesLabels(requirements, labels)).map(each => each.name);
  }
  const byLabel = [...nodes.values()].filter(({ labels }) => isControlPlane(rolesOf(labels)));
  const byPlan = cluster.waves.flatMap(wave => wave.nodes).filter(node => node.controlPlane && node.kubernetes);
  return [...new Set([...byLabel, ...byPlan].map(({ name }) => name))].toSorted();
}

/** Those of the members who make the majority: with etcd on nodes of its own, only these. */
export function voterNames({ members }: QuorumGateSettings, names: readonly string[], nodes: Views): readonly string[] {
  if (members.kind !== 'roles') return names;
  const etcd = names.filter(name => rolesOf(nodes.get(name)?.labels ?? {}).includes('etcd'));
  return etcd.length > 0 ? etcd : names;
}

function rolesOf(labels: Readonly<Record<string, string>>): string[] {
  return rolesOfLabels(labels, [ROLE_PREFIX]);
}
