import type { PlannerCluster } from '../../../shared/domain/draft/planner.ts';
import { isSurveyDue } from '../../../shared/domain/survey/when.ts';
import { holderOf } from '../schedules/overlap.ts';
import type { PlanningDeps } from './deps.ts';

/** A cluster that could not be asked is not asked again before. */
const AGAIN_MS = 600_000;
/** How often it is looked whether somebody is to be asked. */
const LOOK_MS = 10_000;

/** Has clusters asked when their time has come, and the hosts of rollouts that have ended. */
export class SurveyTimes {
  readonly #deps: PlanningDeps;
  readonly #askedAtMs = new Map<string, number>();
  #lookedAtMs = Number.NEGATIVE_INFINITY;

  constructor(deps: PlanningDeps) {
    this.#deps = deps;
  }

  /** Adds what is due to the queue. To be called every few seconds. */
  async look(clusters: readonly PlannerCluster[]): Promise<void> {
    const { clock, surveys, fleetFile, surveyEveryMs, store } = this.#deps;
    const nowMs = clock.now();
    if (surveyEveryMs === 0 || (nowMs >= this.#lookedAtMs && nowMs - this.#lookedAtMs < LOOK_MS)) return;
    this.#lookedAtMs = nowMs;
    const names = clusters.map(({ name }) => name);
    if (names.length > 0) await surveys.forgetOthers(fleetFile, names);
    const storeMs = await store.now();
    for (const name of names) {
      const survey = await surveys.survey(name);
      if (isSurveyDue(name, survey?.atMs ?? null, surveyEveryMs, storeMs)) await this.#ask(name, false, nowMs);
      else if ((await surveys.outdated(name)).length > 0 && (await holderOf(store, [name])) === null)
        await this.#ask(name, true, nowMs);
    }
  }

  async #ask(cluster: string, outdated: boolean, nowMs: number): Promise<void> {
    const lastMs = this.#askedAtMs.get(cluster);
    if (lastMs !== undefined && nowMs >= lastMs && nowMs - lastMs < (outdated ? LOOK_MS : AGAIN_MS)) return;
    this.#askedAtMs.set(cluster, nowMs);
    await this.#deps.planningQueue.addSurvey(cluster, this.#deps.fleetFile, outdated);
  }
}
