import { type Fleet, fleetClusters } from '../fleet.ts';
import type { ClusterInventory } from '../inventory.ts';
import {
  type Plan,
  type PlanCluster,
  type PlanProblem,
  type PlanStage,
  planNodes,
  type SshProfile,
  THIS_MACHINE,
} from '../plan.ts';
import { resolveBudget } from '../policy.ts';
import { closest } from '../text.ts';
import { addressProblems } from './checks.ts';
import { type BuiltCluster, buildCluster } from './cluster.ts';
import { isNarrowed, type Narrow, namesNode, namesWave, selection } from './narrow.ts';
import type { Self } from './own-node.ts';

/** What a plan is made from. */
export interface PlanInput {
  readonly fleet: Fleet;
  /** One for each cluster that `narrow` means. */
  readonly inventories: readonly ClusterInventory[];
  readonly narrow: Narrow;
  /** ms since the epoch. */
  readonly nowMs: number;
  /** Where nodetide itself runs; default: not known. */
  readonly self?: Self;
}

/** The plan, or null and what keeps it from being made. */
export interface PlanResult {
  readonly plan: Plan | null;
  readonly problems: readonly PlanProblem[];
  /** What a person should know, though it keeps nothing from being run. */
  readonly notes: readonly string[];
}

/** Makes the plan. Pure: the same input, in whatever order hosts come, gives the same plan. Any problem: no plan. */
export function buildPlan({ fleet, inventories, narrow, nowMs, self }: PlanInput): PlanResult {
  const select = selection(narrow);
  const built = new Map<string, BuiltCluster>();
  for (const cluster of fleetClusters(fleet)) {
    const inventory = inventories.find(each => each.cluster === cluster.name);
    if (inventory) built.set(cluster.name, buildCluster(cluster, inventory, select, self));
  }
  const clusters = [...built.values()];
  // A cluster in which narrowing left no node is none of this plan's business: its Lease is not taken.
  const isMeant = (cluster: PlanCluster) => cluster.waves.length > 0 || !isNarrowed(narrow);
  const stages = fleet.stages
    .map(({ clusters: members, ...stage }): PlanStage => {
      return { ...stage, clusters: members.flatMap(each => built.get(each.name)?.cluster ?? []).filter(isMeant) };
    })
    .filter(stage => stage.clusters.length > 0);
  const draft: Plan = {
    version: 1,
    fleet: fleet.name,
    createdAtMs: nowMs,
    failureBudget: resolveBudget(
      fleet.failureBudget,
      clusters.reduce((sum, each) => sum + nodesOf(each.cluster), 0),
    ),
    profiles: {},
    policies: Object.fromEntries(clusters.flatMap(each => Object.entries(each.policies))),
    stages,
    ...(fleet.notifications ? { notifications: fleet.notifications } : {}),
  };
  const problems = clusters.flatMap(each => each.problems);
  problems.push(...addressProblems(fleet, planNodes(draft)), ...narrowProblems(fleet, inventories, narrow));
  if (problems.length === 0 && planNodes(draft).length === 0) problems.push(nothing(narrow));
  const plan = problems.length === 0 ? { ...draft, profiles: usedProfiles(fleet, draft) } : null;
  return { plan, problems, notes: clusters.flatMap(each => each.notes) };
}

function nodesOf({ waves }: PlanCluster): number {
  return waves.reduce((sum, wave) => sum + wave.nodes.length, 0);
}

/** Names on the command line that stand for nothing. */
function narrowProblems(fleet: Fleet, inventories: readonly ClusterInventory[], narrow: Narrow): PlanProblem[] {
  const clusters = fleetClusters(fleet).filter(cluster => inventories.some(each => each.cluster === cluster.name));
  const waves = clusters.flatMap(cluster => [
    ...cluster.waves,
    ...(cluster.unsequenced === 'last-wave' ? [{ name: 'no-sequence', sequences: [] }] : []),
  ]);
  const strangeWaves = narrow.waves.filter(word => !waves.some(wave => namesWave(word, wave)));
  const nodes = inventories.flatMap(({ cluster, hosts, leftOut }) => [
    ...hosts.map(host => ({ cluster, node: host.name })),
    ...leftOut.map(each => ({ cluster, node: each.node })),
  ]);
  const strangeNodes = narrow.nodes.filter(word => !nodes.some(({ cluster, node }) => namesNode(word, cluster, node)));
  const waveNames = [...new Set(waves.map(wave => wave.name))].join(', ');
  return [
    ...strangeWaves.map(word => ({
      code: 'unknown-wave',
      message: `there is no wave ${word}; there are ${waveNames}`,
    })),
    ...strangeNodes.map(word => {
      const meant = closest(
        word,
        nodes.map(each => each.node),
      );
      const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
      return { code: 'unknown-node', message: `no inventory has a node ${word}${hint}` };
    }),
  ];
}

function nothing(narrow: Narrow): PlanProblem {
  const message = isNarrowed(narrow) ? 'no node is left after narrowing; select more' : 'the inventories hold no node';
  return { code: 'nothing-planned', message };
}

/** The profiles of the planned nodes and of the jump hosts before them. */
function usedProfiles(fleet: Fleet, plan: Plan): Record<string, SshProfile> {
  const used: Record<string, SshProfile> = {};
  for (const name of new Set(planNodes(plan).map(node => node.host.profile))) {
    if (name === THIS_MACHINE) continue;
    const profile = fleet.profiles[name];
    if (!profile) throw new Error(`fleet has no profile ${name}`);
    used[name] = profile;
    for (const hop of profile.jump) {
      const before = fleet.profiles[hop.profile];
      if (before) used[hop.profile] = before;
    }
  }
  return used;
}
