import type { NodeView } from '../facts.ts';
import type { FleetCluster } from '../fleet.ts';
import type { ClusterInventory, InventoryHost } from '../inventory.ts';
import { isControlPlane } from '../labels.ts';
import { type LeftOut, type PlanNode, type PlanProblem, THIS_MACHINE } from '../plan.ts';
import type { NodePolicy } from '../policy.ts';
import { closest } from '../text.ts';
import { NOWHERE, ownReason, type Self } from './own-node.ts';
import { policyForRoles } from './policy.ts';
import { plannedSteps } from './steps.ts';

/** A host that can be planned. */
export interface Candidate {
  readonly node: PlanNode;
  readonly policy: NodePolicy;
  /** null: not in Kubernetes. */
  readonly view: NodeView | null;
  /** Why it is one that nodetide itself runs on; null: it is none. */
  readonly own: string | null;
}

/** The hosts of a cluster, sorted into those that can be planned, those left out, and what keeps the rest. */
export function candidatesOf(
  cluster: FleetCluster,
  inventory: ClusterInventory,
  self: Self = NOWHERE,
): { candidates: Candidate[]; leftOut: LeftOut[]; problems: PlanProblem[] } {
  const views = new Map((inventory.nodes ?? []).map(view => [view.name, view]));
  const candidates: Candidate[] = [];
  const problems: PlanProblem[] = [...inventory.problems];
  for (const host of inventory.hosts) {
    const view = views.get(host.name) ?? null;
    const found = hostProblems(cluster, inventory, host, view);
    problems.push(...found);
    const own = ownReason(host, view, self, inventory.ownPods);
    if (found.length === 0) candidates.push({ ...candidateOf(cluster, host, view, self), own });
  }
  const named = new Set([...inventory.hosts.map(host => host.name), ...inventory.leftOut.map(each => each.node)]);
  const unnamed = [...views.keys()].filter(name => !named.has(name));
  const reason = 'a Node of the cluster that no inventory source names';
  return { candidates, leftOut: [...inventory.leftOut, ...unnamed.map(node => ({ node, reason }))], problems };
}

const NAME = /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/;

function hostProblems(
  cluster: FleetCluster,
  inventory: ClusterInventory,
  host: InventoryHost,
  view: NodeView | null,
): PlanProblem[] {
  const at = { cluster: cluster.name, node: host.name };
  if (!NAME.test(host.name)) {
    const message = `"${host.name}" (${host.sources.join(', ')}) is no DNS name in lower case; name the host as its Node is named`;
    return [{ code: 'bad-name', ...at, message }];
  }
  const membership = membershipProblem(inventory, host, view);
  if (membership) return [{ ...membership, ...at }];
  if (host.address !== null || host.profile === THIS_MACHINE) return [];
  const types = view?.addresses.map(each => each.type).join(', ') || 'none';
  const seen = view ? ` (its Node has addresses of type ${types})` : '';
  const message = `no source gives an address for ${host.name}${seen}; add one to a source or choose another addressType`;
  return [{ code: 'no-address', ...at, message }];
}

/** A host taken for no Node would be rebooted without a drain: so it must be said, never guessed. */
function membershipProblem(inventory: ClusterInventory, host: InventoryHost, view: NodeView | null) {
  const { cluster, nodes } = inventory;
  if (nodes === null) return null;
  if (!host.kubernetes && view) {
    const message = `${host.name} is a Node of ${cluster}, but the inventory says kubernetes: false; take that away`;
    return { code: 'is-a-node', message };
  }
  if (!host.kubernetes || view) return null;
  const names = nodes.map(node => node.name);
  const meant = names.find(name => name.startsWith(`${host.name}.`)) ?? closest(host.name, names);
  const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
  const message = `${cluster} has no Node named ${host.name} (${host.sources.join(', ')})${hint} Use the name of the Node, or say kubernetes: false if it is none`;
  return { code: 'not-a-node', message: message.replace(/(\S)\) Use/, '$1); use') };
}

function candidateOf(
  cluster: FleetCluster,
  host: InventoryHost,
  view: NodeView | null,
  self: Self,
): Omit<Candidate, 'own'> {
  const { name, policy } = policyForRoles(cluster, host.roles);
  const node: PlanNode = {
    name: host.name,
    cluster: cluster.name,
    sequence: host.sequence,
    roles: host.roles,
    controlPlane: isControlPlane(host.roles),
    kubernetes: view ? { uid: view.uid } : null,
    host: {
      // A worker on another machine must be able to tell that it is not the one.
      address: host.profile === THIS_MACHINE ? (self.hostnames[0] ?? 'localhost') : (host.address ?? ''),
      port: host.port ?? cluster.port,
      profile: host.profile ?? cluster.profile,
    },
    policy: name,
    steps: plannedSteps(policy, view !== null),
  };
  return { node, policy, view };
}
