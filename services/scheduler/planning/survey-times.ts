import type { PlannerCluster } from '../../../shared/domain/draft/planner.ts';
import { isSurveyDue } from '../../../shared/domain/survey/when.ts';
import { holderOf } from '../schedules/overlap.ts';
import type { PlanningDeps } from './deps.ts';

/** What was asked for and has not been answered is not asked for again before. */
const AGAIN_MS = 600_000;
/** How often it is looked whether somebody is to be asked. */
const LOOK_MS = 10_000;

/** Has clusters asked when their time has come, and the hosts of rollouts that have ended. */
export class SurveyTimes {
  readonly #deps: PlanningDeps;
  /** By cluster: what was asked for last. */
  readonly #asked = new Map<string, { readonly what: string; readonly atMs: number }>();
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
      if (isSurveyDue(name, survey?.atMs ?? null, surveyEveryMs, storeMs)) await this.#ask(name, [], nowMs);
      else {
        const outdated = await surveys.outdated(name);
        if (outdated.length > 0 && (await holderOf(store, [name])) === null) await this.#ask(name, outdated, nowMs);
      }
    }
  }

  /** `outdated` empty: all hosts. Those that are gone from the cluster stay outdated until all are asked. */
  async #ask(cluster: string, outdated: readonly string[], nowMs: number): Promise<void> {
    const what = outdated.toSorted().join();
    const last = this.#asked.get(cluster);
    if (last?.what === what && nowMs >= last.atMs && nowMs - last.atMs < AGAIN_MS) return;
    this.#asked.set(cluster, { what, atMs: nowMs });
    await this.#deps.planningQueue.addSurvey(cluster, this.#deps.fleetFile, outdated.length > 0);
  }
}
