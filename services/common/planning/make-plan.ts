import { readFile } from 'node:fs/promises';
import type { LoadedFleet } from '../../../shared/config/load.ts';
import type { FleetProblem } from '../../../shared/config/problem.ts';
import { type Failure, failureOf } from '../../../shared/domain/failure.ts';
import { type Fleet, type FleetCluster, fleetClusters } from '../../../shared/domain/fleet.ts';
import type { ClusterInventory } from '../../../shared/domain/inventory.ts';
import { parseLabelSelector } from '../../../shared/domain/label-selector.ts';
import type { Plan, PlanProblem } from '../../../shared/domain/plan.ts';
import { buildPlan } from '../../../shared/domain/plan-build/build.ts';
import type { Narrow } from '../../../shared/domain/plan-build/narrow.ts';
import type { Self } from '../../../shared/domain/plan-build/own-node.ts';
import { closest } from '../../../shared/domain/text.ts';
import { collectCluster } from '../../../shared/inventory/collect.ts';
import type { Clock } from '../../../shared/ports/clock.ts';
import type { ReaderConnector } from '../../../shared/ports/connect.ts';

/** What a plan is asked for with. */
export interface PlanRequest {
  readonly fleetFile: string;
  readonly narrow: Narrow;
  /** Called only when the fleet file is right; every cluster opened through it is closed again. */
  readonly connectClusters: () => Promise<ReaderConnector>;
  readonly clock: Pick<Clock, 'now'>;
  readonly signal: AbortSignal;
  /** Where nodetide itself runs. */
  readonly self?: Self;
  /** Default: reads and checks `fleetFile`. */
  readonly load?: (file: string) => LoadedFleet | Promise<LoadedFleet>;
}

/** What came of it. */
export type MadePlan =
  | { readonly kind: 'planned'; readonly plan: Plan; readonly notes: readonly string[] }
  | { readonly kind: 'wrong-file'; readonly problems: readonly FleetProblem[] }
  | { readonly kind: 'refused'; readonly problems: readonly PlanProblem[]; readonly notes: readonly string[] }
  | {
      readonly kind: 'unreachable';
      readonly failures: readonly { readonly cluster: string; readonly failure: Failure }[];
    };

/** Reads the fleet file, asks the inventories and plans. Changes nothing anywhere. */
export async function makePlan(request: PlanRequest): Promise<MadePlan> {
  const { fleetFile, narrow, clock, signal, self } = request;
  // The schema library is loaded only for the commands that read a fleet file.
  const load = request.load ?? (await import('../../../shared/config/load.ts')).loadFleet;
  const { fleet, problems } = await load(fleetFile);
  if (!fleet) return { kind: 'wrong-file', problems };
  const wrong = narrowProblems(fleet, narrow);
  if (wrong.length > 0) return { kind: 'refused', problems: wrong, notes: [] };
  const { clusters } = narrow;
  const meant = fleetClusters(fleet).filter(({ name }) => clusters.length === 0 || clusters.includes(name));
  const { inventories, failures } = await askAll(meant, request, signal);
  if (failures.length > 0) return { kind: 'unreachable', failures };
  const result = buildPlan({ fleet, inventories, narrow, nowMs: clock.now(), ...(self ? { self } : {}) });
  if (result.plan) return { kind: 'planned', plan: result.plan, notes: result.notes };
  return { kind: 'refused', problems: result.problems, notes: result.notes };
}

function narrowProblems(fleet: Fleet, narrow: Narrow): PlanProblem[] {
  const names = fleetClusters(fleet).map(cluster => cluster.name);
  const problems = narrow.clusters
    .filter(name => !names.includes(name))
    .map((name): PlanProblem => {
      const meant = closest(name, names);
      const hint = meant === undefined ? `there are ${names.join(', ')}` : `did you mean ${meant}?`;
      return { code: 'unknown-cluster', message: `the fleet has no cluster ${name}; ${hint}` };
    });
  try {
    parseLabelSelector(narrow.selector);
  } catch (error) {
    problems.push({
      code: 'bad-selector',
      message: `"${narrow.selector}" is no label selector: ${(error as Error).message}`,
    });
  }
  return problems;
}

async function askAll(clusters: readonly FleetCluster[], request: PlanRequest, signal: AbortSignal) {
  const connect = clusters.some(cluster => cluster.kubernetes) ? await request.connectClusters() : refuse;
  const opened = new Set<ReturnType<ReaderConnector>>();
  const connectCluster: ReaderConnector = (name, target) => {
    const api = connect(name, target);
    opened.add(api);
    return api;
  };
  const readText = (file: string) => readFile(file, 'utf8');
  const asked = clusters.map(cluster => collectCluster(cluster, { connectCluster, readText }, signal));
  const answers = await Promise.allSettled(asked);
  await Promise.all([...opened].map(api => api.close()));
  signal.throwIfAborted();
  const inventories: ClusterInventory[] = [];
  const failures: { cluster: string; failure: Failure }[] = [];
  for (const [index, answer] of answers.entries()) {
    if (answer.status === 'fulfilled') inventories.push(answer.value);
    else failures.push({ cluster: clusters[index]?.name ?? '', failure: failureOf(answer.reason) });
  }
  return { inventories, failures };
}

const refuse: ReaderConnector = name => {
  throw new Error(`cluster ${name} has no Kubernetes`);
};
