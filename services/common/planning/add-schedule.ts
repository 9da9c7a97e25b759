import { choosePlanner } from '../../../shared/domain/draft/planner.ts';
import type { PlannerStore } from '../../../shared/ports/draft-store.ts';
import type { Schedules } from '../schedules.ts';

/** What came of a schedule that a person adds. */
export type AddedSchedule =
  | { readonly kind: 'added' }
  | { readonly kind: 'taken' }
  /** A line each; a field comes first: `cron: …`. */
  | { readonly kind: 'wrong'; readonly problems: readonly string[] };

interface Parts {
  readonly planners: PlannerStore;
  readonly schedules: Schedules;
}

/** Adds a schedule of the fleet file that a living scheduler keeps. `data`: as under `schedules` of the file. */
export async function addSchedule(
  { planners, schedules }: Parts,
  name: string,
  data: Readonly<Record<string, unknown>>,
  by: string,
): Promise<AddedSchedule | { readonly kind: 'no-planner'; readonly why: string }> {
  const choice = choosePlanner(await planners.planners(), listOf(data['clusters']));
  if (!choice.planner) return { kind: 'no-planner', why: choice.why };
  const { fleetFile, clusters, problems } = choice.planner;
  if (clusters.length === 0) {
    return { kind: 'no-planner', why: `the fleet file is wrong: ${problems[0] ?? fleetFile}` };
  }
  const { readSchedule } = await import('../../../shared/config/read-schedule.ts');
  const read = readSchedule(name, data, clusters);
  if (!read.schedule) return { kind: 'wrong', problems: read.problems };
  const added = await schedules.add({ ...read.schedule, fleetFile, origin: 'hand', by });
  return { kind: added ? 'added' : 'taken' };
}

function listOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter(each => typeof each === 'string') : [];
}
