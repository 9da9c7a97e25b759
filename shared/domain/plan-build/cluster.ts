import type { FleetCluster } from '../fleet.ts';
import type { ClusterInventory } from '../inventory.ts';
import { parseSequence, rolesOfLabels } from '../labels.ts';
import type { LeftOut, PlanCluster, PlanProblem, PlanWave } from '../plan.ts';
import { type Amount, type NodePolicy, resolveAmount, resolveBudget } from '../policy.ts';
import { compareNatural } from '../text.ts';
import { domainBudgets } from '../topology.ts';
import { quorumProblems } from './checks.ts';
import { type Candidate, candidatesOf } from './hosts.ts';
import type { selection } from './narrow.ts';
import { notesOf } from './notes.ts';
import { NOWHERE, ownNodeFindings, type Self } from './own-node.ts';
import { assignWaves, type DraftWave } from './waves.ts';

/** A planned cluster, and everything there is to say about it. */
export interface BuiltCluster {
  readonly cluster: PlanCluster;
  readonly policies: Readonly<Record<string, NodePolicy>>;
  readonly problems: readonly PlanProblem[];
  readonly notes: readonly string[];
}

/** Plans one cluster. `select` says which nodes are meant; it is asked in plan order. */
export function buildCluster(
  fleetCluster: FleetCluster,
  inventory: ClusterInventory,
  select: ReturnType<typeof selection>,
  self: Self = NOWHERE,
): BuiltCluster {
  const { name } = fleetCluster;
  const { candidates, leftOut, problems } = candidatesOf(fleetCluster, inventory, self);
  const unreadable = problems.filter(each => each.code === 'sequence-not-a-number').map(each => each.node ?? '');
  const assigned = assignWaves(fleetCluster, candidates, new Set(unreadable));
  const { waves, planned, unselected } = selectNodes(assigned.waves, name, select);
  const own = ownNodeFindings(name, fleetCluster.policy, planned);
  return {
    cluster: {
      name,
      kubernetes: fleetCluster.kubernetes,
      policy: fleetCluster.policy,
      ...(fleetCluster.approval ? { approval: fleetCluster.approval } : {}),
      labels: labelsOf(fleetCluster, planned),
      size: new Set([...inventory.hosts, ...(inventory.nodes ?? [])].map(each => each.name)).size,
      ...budgetOf(fleetCluster.failureBudget, planned.length),
      ...perDomainOf(fleetCluster, inventory),
      waves,
      leftOut: [...leftOut, ...unselected].sort((a, b) => compareNatural(a.node, b.node)),
    },
    policies: Object.fromEntries(planned.map(({ node, policy }) => [node.policy, policy])),
    problems: [...problems, ...assigned.problems, ...quorumProblems(fleetCluster, inventory, planned), ...own.problems],
    notes: [...notesOf(name, assigned.waves, planned), ...own.notes],
  };
}

function perDomainOf({ policy }: FleetCluster, inventory: ClusterInventory): Pick<PlanCluster, 'perDomain'> {
  if (inventory.nodes === null || policy.maxUnavailablePer.length === 0) return {};
  const known = new Set(inventory.nodes.map(node => node.name));
  const others = inventory.hosts.filter(host => !known.has(host.name));
  const nodes = [...inventory.nodes, ...others.map(({ name }) => ({ name, labels: {} }))];
  return { perDomain: domainBudgets(policy.maxUnavailablePer, nodes) };
}

/** The waves with the nodes that are meant; those left with none are dropped, and the rest numbered anew. */
function selectNodes(drafts: readonly DraftWave[], cluster: string, select: ReturnType<typeof selection>) {
  const waves: PlanWave[] = [];
  const planned: Candidate[] = [];
  const unselected: LeftOut[] = [];
  for (const draft of drafts) {
    const members = draft.members.filter(({ node, view }) => {
      const reason = select(draft, cluster, node.name, view?.labels ?? {});
      if (reason !== null) unselected.push({ node: node.name, reason });
      return reason === null;
    });
    if (members.length === 0) continue;
    planned.push(...members);
    const { members: all, concurrency: most, failureBudget, ...wave } = draft;
    const budget = budgetOf(failureBudget, members.length);
    const concurrency = resolveAmount(most, all.length);
    const nodes = members.map(each => each.node);
    waves.push({ index: waves.length, ...wave, concurrency, ...budget, nodes });
  }
  return { waves, planned, unselected };
}

function budgetOf(budget: Amount | undefined, nodes: number): { readonly failureBudget?: number } {
  return budget === undefined ? {} : { failureBudget: resolveBudget(budget, nodes) };
}

/** Which labels may be compared with the plan later: only those that said the same when it was made. */
function labelsOf(cluster: FleetCluster, planned: readonly Candidate[]): PlanCluster['labels'] {
  const source = cluster.sources.find(each => each.kind === 'kubernetes');
  if (!source) return { sequence: null, rolePrefixes: [] };
  const { sequenceLabel, rolePrefixes } = source;
  const inKubernetes = planned.flatMap(({ node, view }) => (view ? [{ node, labels: view.labels }] : []));
  const sequence = inKubernetes.every(({ node, labels }) => parseSequence(labels[sequenceLabel]) === node.sequence);
  const roles = inKubernetes.every(
    ({ node, labels }) => rolesOfLabels(labels, rolePrefixes).join() === node.roles.join(),
  );
  return { sequence: sequence ? sequenceLabel : null, rolePrefixes: roles ? rolePrefixes : [] };
}
