import { hostname } from 'node:os';
import type { LoadedFleet } from '../../../shared/config/load.ts';
import { showProblem } from '../../../shared/config/problem.ts';
import type { Plan } from '../../../shared/domain/plan.ts';
import type { Narrow } from '../../../shared/domain/plan-build/narrow.ts';
import type { PreflightReport } from '../../../shared/domain/preflight/finding.ts';
import type { StartOutcome, StoredSchedule } from '../../../shared/domain/schedule.ts';
import { leftOpen } from '../../common/planning/left-open.ts';
import { type MadePlan, makePlan } from '../../common/planning/make-plan.ts';
import { preflightLive } from '../../common/planning/preflight-live.ts';
import { selfOf } from '../../common/planning/self.ts';
import type { ScheduleDeps } from './deps.ts';
import { overlaidFleet } from './overlay.ts';
import { watchedFleet } from './watch.ts';

/** A plan, or why there is none. */
export type PlannedStart = { readonly kind: 'planned'; readonly plan: Plan } | Unplanned;
type Unplanned = Extract<StartOutcome, { kind: 'refused' | 'failed' }>;

/** Makes the plan of a start from the fleet file as it is now; `narrow`: what of the fleet is meant. */
export async function planStart(deps: ScheduleDeps, schedule: StoredSchedule, narrow: Narrow): Promise<PlannedStart> {
  const made = await makePlan({
    fleetFile: schedule.fleetFile,
    narrow,
    connectClusters: async () => leftOpen(deps.connectCluster),
    clock: deps.clock,
    signal: deps.signal,
    self: selfOf(deps.env, await deps.store.engines()),
    load: file => loadFor(schedule, file),
  });
  return made.kind === 'planned' ? { kind: 'planned', plan: made.plan } : unplanned(made);
}

/** What stands against starting a plan; null: nothing. */
export async function blockersOf(deps: ScheduleDeps, plan: Plan): Promise<Unplanned | null> {
  const reach = { connectClusters: async () => leftOpen(deps.connectCluster), clock: deps.clock };
  const made = await preflightLive(plan, reach, deps.signal);
  if (made.kind === 'unreachable') return unplanned(made);
  if (made.report.blockers === 0) return null;
  const all = blockersIn(made.report);
  return { kind: 'refused', note: `the preflight found what would stop it: ${firstOf(all)}` };
}

async function loadFor({ mode, policy }: StoredSchedule, file: string): Promise<LoadedFleet> {
  const { loadFleet } = await import('../../../shared/config/load.ts');
  const loaded = loadFleet(file);
  if (!loaded.fleet) return loaded;
  const fleet = policy ? overlaidFleet(loaded.fleet, policy) : loaded.fleet;
  return { fleet: mode === 'watch' ? watchedFleet(fleet) : fleet, problems: [] };
}

function unplanned(made: Exclude<MadePlan, { kind: 'planned' }>): Unplanned {
  if (made.kind === 'unreachable') {
    return { kind: 'failed', note: firstOf(made.failures.map(each => each.failure.message)) };
  }
  if (made.kind === 'refused') return { kind: 'refused', note: firstOf(made.problems.map(each => each.message)) };
  const missing = made.problems.some(problem => problem.code === 'fleet-file');
  const note = firstOf(made.problems.map(showProblem));
  return missing ? { kind: 'failed', note: `${note} (on ${hostname()})` } : { kind: 'refused', note };
}

function blockersIn({ clusters }: PreflightReport): string[] {
  const findings = clusters.flatMap(({ waves }) => waves.flatMap(wave => wave.findings));
  return findings.filter(({ level }) => level === 'block').map(({ message }) => message);
}

function firstOf([first = '', ...more]: readonly string[]): string {
  return more.length === 0 ? first : `${first}, and ${more.length} more`;
}
