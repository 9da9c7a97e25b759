import type { NodeView } from '../../shared/domain/facts.ts';
import type { PlanCluster } from '../../shared/domain/plan.ts';
import { type DomainBudget, domainBudgets } from '../../shared/domain/topology.ts';

/** What limits parts of a cluster: zones and the like by policy, and sets of nodes of which only one may be away. */
export function domainsOf(
  cluster: PlanCluster,
  nodes: ReadonlyMap<string, NodeView>,
  oneAtATime: ReadonlyMap<string, readonly string[]>,
): DomainBudget[] {
  const labelled = [...nodes.values(), ...strangers(cluster)];
  const perLabel = domainBudgets(cluster.policy.maxUnavailablePer, labelled);
  return [...perLabel, ...[...oneAtATime].map(([name, members]) => oneOf(name, members, cluster, nodes))];
}

/** Hosts of the plan outside Kubernetes: they have no labels. */
function strangers({ waves }: PlanCluster) {
  const planned = waves.flatMap(wave => wave.nodes).filter(node => node.kubernetes === null);
  return planned.map(({ name }) => ({ name, labels: {} }));
}

/** The others are named, too: a node that is in no domain would count as a member. */
function oneOf(
  name: string,
  members: readonly string[],
  { waves }: PlanCluster,
  nodes: ReadonlyMap<string, NodeView>,
): DomainBudget {
  const all = new Set([...nodes.keys(), ...waves.flatMap(wave => wave.nodes.map(node => node.name))]);
  const others = [...all].filter(node => !members.includes(node));
  return {
    label: name,
    domains: [
      { name, max: 1, nodes: members },
      { name: 'others', max: all.size, nodes: others },
    ],
  };
}
