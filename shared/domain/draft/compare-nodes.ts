import { type Plan, type PlanCluster, type PlanNode, policyOf } from '../plan.ts';
import { compareSettings } from './settings.ts';

/** So many are named, and the rest counted. */
const MOST_NAMED = 8;

interface Place {
  readonly node: PlanNode;
  readonly wave: string;
}

/** Nodes that came, went, moved between waves, were made anew, or are treated otherwise; like ones share a line. */
export function compareNodes(before: Plan, old: PlanCluster, after: Plan, now: PlanCluster): string[] {
  const [earlier, later] = [placesOf(old), placesOf(now)];
  const lines = new Map<string, string[]>();
  const tell = (what: string, node: string) => lines.set(what, [...(lines.get(what) ?? []), node]);
  for (const [name, { wave }] of later) if (!earlier.has(name)) tell(`new in wave ${wave}`, name);
  for (const [name, { wave }] of earlier) {
    const why = now.leftOut.find(each => each.node === name)?.reason;
    if (!later.has(name)) tell(`not any more in wave ${wave}${why === undefined ? '' : ` (${why})`}`, name);
  }
  for (const [name, { node, wave }] of later) {
    const was = earlier.get(name);
    if (!was) continue;
    if (was.wave !== wave) tell(`from wave ${was.wave} to wave ${wave}`, name);
    for (const line of compareNode(was.node, node)) tell(line, name);
    for (const line of compareSettings(policyOf(before, was.node), policyOf(after, node))) tell(line, name);
  }
  const both = [...later.keys()].filter(name => earlier.has(name)).length;
  return [...lines].map(
    ([what, nodes]) =>
      `${now.name}: ${what}: ${nodes.every(name => earlier.has(name) && later.has(name)) ? named(nodes, both) : named(nodes)}`,
  );
}

function placesOf({ waves }: PlanCluster): ReadonlyMap<string, Place> {
  return new Map(waves.flatMap(wave => wave.nodes.map(node => [node.name, { node, wave: wave.name }] as const)));
}

function compareNode(before: PlanNode, after: PlanNode): string[] {
  const uids = [before.kubernetes?.uid, after.kubernetes?.uid];
  const joined = (before.kubernetes === null) !== (after.kubernetes === null);
  return [
    ...(joined ? [after.kubernetes ? 'now a Node of the cluster' : 'no Node of the cluster any more'] : []),
    ...(!joined && uids[0] !== uids[1] ? ['the Node was made anew'] : []),
    ...compareSettings(before.host, after.host),
    ...compareSettings(
      { roles: before.roles, sequence: before.sequence },
      { roles: after.roles, sequence: after.sequence },
    ),
  ];
}

/** `all`: of how many nodes that both plans have; missing: they are not in both. */
function named(nodes: readonly string[], all = 0): string {
  if (nodes.length === all && all > 1) return `all ${all} nodes`;
  // One more than may be named takes no more room than to count it.
  if (nodes.length <= MOST_NAMED + 1) return nodes.join(', ');
  return `${nodes.slice(0, MOST_NAMED).join(', ')} and ${nodes.length - MOST_NAMED} more`;
}
