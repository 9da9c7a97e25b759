import { cronerCron } from '../../../../shared/cron/croner.ts';
import { type Plan, planClusters } from '../../../../shared/domain/plan.ts';
import { isNotMeant } from '../../../../shared/domain/plan-build/narrow.ts';
import type { ClusterOverview } from '../../../../shared/domain/view/overview.ts';
import { type PlannedCluster, plannedClusters } from '../../../../shared/domain/view/overview-of.ts';
import type { RolloutSummary } from '../../../../shared/domain/view/summary.ts';
import type { WindowPolicy } from '../../../../shared/domain/window/window.ts';
import { judgeWindow, NOTHING_MORE } from '../../../../shared/gates/window/judge.ts';

/** A cluster as the plan of a rollout has it. */
interface Known {
  readonly planned: PlannedCluster;
  readonly windows: Pick<WindowPolicy, 'rules' | 'freezes'>;
  /** Nothing of the cluster was left out by choice. */
  readonly isWhole: boolean;
}

/** Rollouts that ended well are looked through this far back for one that was to take in all of a cluster. */
const MOST_DONE = 10;

/** What is kept of plans, so that none is read twice. */
export class KnownPlans {
  readonly #plan: (id: string) => Promise<Plan | null>;
  /** By rollout; only of those that were asked for last. */
  #kept = new Map<string, readonly Known[]>();

  constructor(plan: (id: string) => Promise<Plan | null>) {
    this.#plan = plan;
  }

  /** The clusters of these rollouts (newest first), each as its latest one has it. */
  async clusters(rollouts: readonly RolloutSummary[]): Promise<ClusterFacts[]> {
    const before = this.#kept;
    const used = new Map<string, readonly Known[]>();
    const knownOf = async (id: string): Promise<readonly Known[]> => {
      const known = used.get(id) ?? before.get(id) ?? knownClusters(await this.#plan(id));
      used.set(id, known);
      return known;
    };
    const facts: ClusterFacts[] = [];
    for (const name of new Set(rollouts.flatMap(({ clusters }) => clusters))) {
      const own = rollouts.filter(({ clusters }) => clusters.includes(name));
      const known = own[0] && (await knownOf(own[0].id)).find(({ planned }) => planned.name === name);
      if (known) facts.push({ ...known, lastDoneAtMs: await lastDone(own, name, knownOf) });
    }
    this.#kept = used;
    return facts;
  }
}

/** What is known of a cluster by the plans of its rollouts. */
export interface ClusterFacts extends Known {
  readonly lastDoneAtMs: number | null;
}

/** What the windows of a cluster say at an instant; null: it has none. */
export function windowAt({ windows }: Pick<Known, 'windows'>, atMs: number): ClusterOverview['window'] {
  if (windows.rules.length === 0 && windows.freezes.length === 0) return null;
  const verdict = judgeWindow(windows, atMs, NOTHING_MORE, cronerCron);
  return verdict.open
    ? { open: true, opensAtMs: null, closesAtMs: verdict.closesAtMs }
    : { open: false, opensAtMs: verdict.opensAtMs, closesAtMs: null };
}

function knownClusters(plan: Plan | null): Known[] {
  if (plan === null) return [];
  const planned = new Map(plannedClusters(plan).map(each => [each.name, each]));
  return planClusters(plan).flatMap(({ name, policy, leftOut }) => {
    const own = planned.get(name);
    const { rules, freezes } = policy.window;
    const isWhole = !leftOut.some(({ reason }) => isNotMeant(reason));
    return own ? [{ planned: own, windows: { rules, freezes }, isWhole }] : [];
  });
}

async function lastDone(
  rollouts: readonly RolloutSummary[],
  cluster: string,
  knownOf: (id: string) => Promise<readonly Known[]>,
): Promise<number | null> {
  for (const { id, endedAtMs } of rollouts.filter(({ state }) => state === 'done').slice(0, MOST_DONE)) {
    const known = (await knownOf(id)).find(({ planned }) => planned.name === cluster);
    if (known?.isWhole) return endedAtMs;
  }
  return null;
}
