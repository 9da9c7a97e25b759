import { readFile } from 'node:fs/promises';
import type { NodeView } from '../../../shared/domain/facts.ts';
import { type Fleet, type FleetCluster, fleetClusters } from '../../../shared/domain/fleet.ts';
import type { PlanNode } from '../../../shared/domain/plan.ts';
import { candidatesOf } from '../../../shared/domain/plan-build/hosts.ts';
import { closest } from '../../../shared/domain/text.ts';
import type { ClusterConnector } from '../../../shared/ports/connect.ts';
import { CliError, EXIT } from '../exit.ts';

/** Nodes asked for, by the cluster they are in; CliError for words that stand for none. */
export function byCluster(
  fleet: Fleet,
  words: readonly string[],
  asked: string | undefined,
): Map<FleetCluster, string[]> {
  const clusters = fleetClusters(fleet);
  const found = new Map<FleetCluster, string[]>();
  for (const word of words) {
    const slash = word.indexOf('/');
    const name = slash < 0 ? (asked ?? onlyOne(clusters)) : word.slice(0, slash);
    const cluster = clusters.find(each => each.name === name);
    if (!cluster) throw unknown(`the fleet has no cluster ${name}`, name, clusters);
    const nodes = found.get(cluster) ?? [];
    found.set(cluster, [...nodes, word.slice(slash + 1)]);
  }
  return found;
}

function onlyOne(clusters: readonly FleetCluster[]): string {
  const [first, ...others] = clusters;
  if (first && others.length === 0) return first.name;
  throw new CliError(EXIT.badInput, 'the fleet has several clusters: say --cluster NAME or CLUSTER/NODE');
}

function unknown(what: string, name: string, known: readonly { readonly name: string }[]): CliError {
  const meant = closest(
    name,
    known.map(each => each.name),
  );
  return new CliError(EXIT.badInput, meant === undefined ? what : `${what}; did you mean ${meant}?`);
}

/** The Nodes of these names, and the hosts behind them as far as the inventory tells; CliError for a name without a Node. */
export async function findNodes(
  cluster: FleetCluster,
  names: readonly string[],
  connectCluster: ClusterConnector,
  signal: AbortSignal,
): Promise<{ view: NodeView; host: PlanNode | null }[]> {
  const { collectCluster } = await import('../../../shared/inventory/collect.ts');
  const readText = (file: string): Promise<string> => readFile(file, 'utf8');
  const inventory = await collectCluster(cluster, { connectCluster, readText }, signal);
  const { candidates } = candidatesOf(cluster, inventory);
  return names.map(name => {
    const view = inventory.nodes?.find(each => each.name === name);
    if (!view) throw unknown(`${cluster.name} has no Node ${name}`, name, inventory.nodes ?? []);
    return { view, host: candidates.find(each => each.node.name === name)?.node ?? null };
  });
}
