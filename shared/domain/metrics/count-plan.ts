import { type Plan, type PlanCluster, planClusters } from '../plan.ts';
import { isNotMeant } from '../plan-build/narrow.ts';

/** What counting needs of a plan. */
export interface CountPlan {
  readonly clusters: readonly {
    readonly name: string;
    /** Names of its gates. */
    readonly gates: ReadonlySet<string>;
    /** No node was left out because of what was asked for. */
    readonly whole: boolean;
  }[];
}

const NO_GATES: ReadonlySet<string> = new Set();

/** Takes out of a plan what counting needs. */
export function countPlan(plan: Plan): CountPlan {
  const clusters = planClusters(plan).map(cluster => ({
    name: cluster.name,
    gates: new Set(cluster.policy.gates.map(gate => gate.name)),
    whole: isWhole(cluster),
  }));
  return { clusters };
}

/** Names of a cluster's gates. */
export function gatesOf({ clusters }: CountPlan, name: string): ReadonlySet<string> {
  return clusters.find(cluster => cluster.name === name)?.gates ?? NO_GATES;
}

function isWhole({ leftOut }: PlanCluster): boolean {
  return !leftOut.some(({ reason }) => isNotMeant(reason));
}
