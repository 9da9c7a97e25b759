import type { StoredSchedule } from '../../../../shared/domain/schedule.ts';
import type { ClusterSurvey } from '../../../../shared/domain/survey/survey.ts';
import type { Overview, ScheduleOverview } from '../../../../shared/domain/view/overview.ts';
import { overviewOf } from '../../../../shared/domain/view/overview-of.ts';
import type { RolloutSummary } from '../../../../shared/domain/view/summary.ts';
import type { ScheduleSummary } from '../../../common/schedules.ts';
import type { ApiRollouts, OverviewSources } from '../../ports.ts';
import type { StatusCache } from '../status-cache.ts';
import { KnownPlans, windowAt } from './known-plans.ts';

/** Rollouts that an overview shows; the list of rollouts has all. */
const MOST_SHOWN = 200;

/** Makes overviews. */
export class Overviews {
  readonly #rollouts: ApiRollouts;
  readonly #statuses: StatusCache;
  readonly #sources: OverviewSources;
  readonly #plans: KnownPlans;

  constructor(rollouts: ApiRollouts, statuses: StatusCache, sources: OverviewSources) {
    this.#rollouts = rollouts;
    this.#statuses = statuses;
    this.#sources = sources;
    this.#plans = new KnownPlans(id => rollouts.plan(id));
  }

  /** How everything stands now. */
  async overview(): Promise<Overview> {
    const [list, engines, atMs, surveys, schedules] = await Promise.all([
      this.#rollouts.list(),
      this.#rollouts.engines(),
      this.#rollouts.now(),
      this.#sources.surveys(),
      this.#sources.schedules(),
    ]);
    const rollouts = list.toSorted((a, b) => b.createdAtMs - a.createdAtMs);
    const facts = await this.#plans.clusters(rollouts);
    const byName = new Map(facts.map(each => [each.planned.name, each]));
    return overviewOf({
      atMs,
      rollouts: rollouts.slice(0, MOST_SHOWN),
      active: await this.#active(rollouts),
      planned: facts.map(({ planned }) => planned),
      surveys,
      schedules: schedules.map(each => scheduleOverview(each, surveys, rollouts)),
      engines,
      windowOf: name => {
        const known = byName.get(name);
        return known ? windowAt(known, atMs) : null;
      },
      lastDoneAtMs: name => byName.get(name)?.lastDoneAtMs ?? null,
    });
  }

  async #active(rollouts: readonly RolloutSummary[]) {
    const ids = rollouts.filter(({ state }) => state !== 'done' && state !== 'aborted').map(({ id }) => id);
    this.#statuses.hold(ids);
    const found = await Promise.all(
      ids.map(async id => ({ plan: await this.#rollouts.plan(id), status: await this.#statuses.status(id) })),
    );
    return found.flatMap(({ plan, status }) => (plan && status ? [{ plan, status }] : []));
  }
}

function scheduleOverview(
  { schedule, nextMs, starts }: ScheduleSummary,
  surveys: readonly ClusterSurvey[],
  rollouts: readonly RolloutSummary[],
): ScheduleOverview {
  const { name, cron, zone, mode, fleetFile, origin, by } = schedule;
  const clusters = clustersOf({ schedule, nextMs, starts }, surveys, rollouts);
  return { name, cron, zone, mode, fleetFile, origin, by, clusters, nextMs, starts };
}

/** Those it names; else all of its fleet file, as far as they are known: by surveys, or by what it began last. */
function clustersOf(
  { schedule, starts }: ScheduleSummary,
  surveys: readonly ClusterSurvey[],
  rollouts: readonly RolloutSummary[],
): readonly string[] {
  const { narrow, fleetFile }: StoredSchedule = schedule;
  if (narrow.clusters.length > 0) return narrow.clusters;
  const surveyed = surveys.filter(each => each.fleetFile === fleetFile).map(({ cluster }) => cluster);
  if (surveyed.length > 0) return surveyed;
  for (const { outcome } of starts) {
    const begun = outcome?.kind === 'started' ? rollouts.find(({ id }) => id === outcome.rollout) : undefined;
    if (begun) return begun.clusters;
  }
  return [];
}
