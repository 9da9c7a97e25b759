import type { NodeView } from '../facts.ts';
import type { ClusterInventory, InventoryHost } from '../inventory.ts';
import { nodeKey } from '../names.ts';
import { type PlanProblem, THIS_MACHINE } from '../plan.ts';
import type { ClusterPolicy } from '../policy.ts';
import type { Candidate } from './hosts.ts';

/** How the machines nodetide itself runs on are known. */
export interface Self {
  /** Names of Nodes, as the downward API tells them (NODE_NAME). */
  readonly nodeNames: readonly string[];
  readonly hostnames: readonly string[];
  readonly addresses: readonly string[];
}

/** Nothing is known of where nodetide runs. */
export const NOWHERE: Self = { nodeNames: [], hostnames: [], addresses: [] };

/** Every machine has these, so they say nothing about which one it is. */
const EVERYWHERE = /^(?:127\.|169\.254\.|::1$|fe80:|localhost(?:\.|$)|0\.0\.0\.0$)/;

/** Why a host is one that nodetide itself runs on; null: it is none. */
export function ownReason(
  host: InventoryHost,
  view: NodeView | null,
  self: Self,
  ownPods: ClusterInventory['ownPods'] = [],
): string | null {
  if (host.profile === THIS_MACHINE) return 'nodetide runs on it (connection local)';
  if (view) {
    const pods = ownPods.filter(each => each.node === view.name).map(each => each.pod);
    if (pods.length > 0) return `nodetide runs on it (pod ${pods.join(', ')})`;
    if (self.nodeNames.includes(view.name)) return 'nodetide runs on it (NODE_NAME)';
  }
  const words = [host.address ?? '', ...(view?.addresses.map(each => each.address) ?? [])].map(lower).filter(isOne);
  const address = self.addresses.map(lower).find(each => words.includes(each));
  if (address !== undefined && isOne(address)) return `nodetide runs on it (address ${address})`;
  const names = [host.name, view?.labels['kubernetes.io/hostname'] ?? '', ...words].map(lower).filter(isOne);
  const hostname = self.hostnames.map(lower).find(each => isOne(each) && names.some(name => isSameHost(name, each)));
  return hostname === undefined ? null : `nodetide runs on it (host name ${hostname})`;
}

function lower(text: string): string {
  return text.toLowerCase();
}

function isOne(word: string): boolean {
  return word !== '' && !EVERYWHERE.test(word);
}

/** One of them may lack the domain; the labels of an address are no domain. */
function isSameHost(a: string, b: string): boolean {
  if (a === b) return true;
  if (/^[\d.]+$|:/.test(a) || /^[\d.]+$|:/.test(b)) return false;
  return a.startsWith(`${b}.`) || b.startsWith(`${a}.`);
}

/** What the policy says to nodes that nodetide itself runs on. */
export function ownNodeFindings(
  cluster: string,
  { ownNode }: Pick<ClusterPolicy, 'ownNode'>,
  planned: readonly Candidate[],
): { problems: PlanProblem[]; notes: string[] } {
  const problems: PlanProblem[] = [];
  const notes: string[] = [];
  for (const { node, own } of planned) {
    if (own === null) continue;
    if (ownNode === 'last') notes.push(`${nodeKey(cluster, node.name)}: ${own}, and goes last in its wave`);
    else problems.push({ code: 'own-node', cluster, node: node.name, message: refusal(node.name, own) });
  }
  return { problems, notes };
}

function refusal(node: string, own: string): string {
  return `${node}: ${own}, and ownNode is refuse; leave it out (--node), run nodetide elsewhere, or say ownNode: last`;
}
