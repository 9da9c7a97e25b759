import { createHash } from 'node:crypto';
import type { Draft, DraftRequest, DraftSummary } from '../../../shared/domain/draft/draft.ts';
import { choosePlanner, type Planner } from '../../../shared/domain/draft/planner.ts';
import type { ClusterSurvey } from '../../../shared/domain/survey/survey.ts';
import type { DraftStore, PlannerStore } from '../../../shared/ports/draft-store.ts';
import type { EngineStore } from '../../../shared/ports/engine-store.ts';
import type { SurveyStore } from '../../../shared/ports/survey.ts';
import type { PlanningQueue } from '../../../shared/queue/planning-queue.ts';
import type { Queues } from '../../../shared/queue/queues.ts';
import { newDraftId } from '../rollout-id.ts';
import type { Schedules } from '../schedules.ts';
import { type AddedSchedule, addSchedule } from './add-schedule.ts';
import { type BeginAnswer, type BeginOptions, beginDraft } from './begin-draft.ts';

/** Nobody can be asked, and what can be done about it. */
export interface NoPlanner {
  readonly kind: 'no-planner';
  readonly why: string;
}

/** What people ask of plans, surveys and schedules without a fleet file: schedulers that have one answer. */
export interface PlanningDesk {
  /** Schedulers with a fleet file that are alive. */
  planners(): Promise<readonly Planner[]>;
  drafts(): Promise<readonly DraftSummary[]>;
  draft(id: string): Promise<Draft | null>;
  /** `key`, where it is not empty: the same request of the same person with the same one is answered with the same draft. */
  askDraft(
    request: DraftRequest,
    by: string,
    key: string,
  ): Promise<{ readonly kind: 'asked'; readonly draft: Draft } | NoPlanner>;
  /** False: there is none. */
  removeDraft(id: string): Promise<boolean>;
  /** Begins the rollout of a draft, once. */
  begin(draft: string, by: string, options: BeginOptions): Promise<BeginAnswer>;
  survey(cluster: string): Promise<ClusterSurvey | null>;
  /** Asks the hosts of these clusters anew; empty: of all. */
  askSurvey(clusters: readonly string[]): Promise<AskedSurvey>;
  readonly schedules: Schedules;
  /** `data`: as under `schedules` of a fleet file. */
  addSchedule(name: string, data: Readonly<Record<string, unknown>>, by: string): Promise<AddedSchedule | NoPlanner>;
}

/** Which clusters are asked now. */
export type AskedSurvey =
  | { readonly kind: 'asked'; readonly clusters: readonly string[] }
  | { readonly kind: 'unknown'; readonly cluster: string; readonly known: readonly string[] }
  | NoPlanner;

/** What a desk works with. */
export interface DeskParts {
  readonly store: Pick<EngineStore, 'create' | 'meta' | 'now'>;
  readonly queues: Pick<Queues, 'addTreeJob'>;
  readonly drafts: DraftStore;
  readonly planners: PlannerStore;
  readonly surveys: SurveyStore;
  readonly planningQueue: PlanningQueue;
  readonly schedules: Schedules;
}

/** The desk over the stores and the queue. */
export function planningDesk(parts: DeskParts): PlanningDesk {
  const { store, drafts, planners, surveys, planningQueue, schedules } = parts;
  return {
    planners: () => planners.planners(),
    drafts: () => drafts.drafts(),
    draft: id => drafts.draft(id),
    askDraft: async (request, by, key) => {
      const choice = choosePlanner(await planners.planners(), request.narrow.clusters);
      if (!choice.planner) return { kind: 'no-planner', why: choice.why };
      const { fleetFile } = choice.planner;
      const id = newDraftId(await store.now());
      const draft = await drafts.add({ id, request, by, fleetFile, repeat: repeatOf(request, by, key) });
      // Of a repeat the job is added already, or by the scheduler that finds it missing.
      if (draft.id !== id) return { kind: 'asked', draft };
      await planningQueue.addDraft(draft.id, fleetFile).catch(async (error: unknown) => {
        // Who asked hears that it failed: nobody is to wait for this one. A job that came through all the same finds it gone.
        await drafts.remove(draft.id).catch(() => undefined);
        throw error;
      });
      return { kind: 'asked', draft };
    },
    removeDraft: id => drafts.remove(id),
    begin: (draft, by, options) => beginDraft(parts, draft, by, options),
    survey: cluster => surveys.survey(cluster),
    askSurvey: clusters => askSurvey(parts, clusters),
    schedules,
    addSchedule: (name, data, by) => addSchedule(parts, name, data, by),
  };
}

function repeatOf(request: DraftRequest, by: string, key: string): string {
  return key === ''
    ? ''
    : createHash('sha256')
        .update(JSON.stringify([by, key, request]))
        .digest('hex');
}

async function askSurvey({ planners, planningQueue }: DeskParts, clusters: readonly string[]): Promise<AskedSurvey> {
  const all = await planners.planners();
  const files = new Map(all.flatMap(({ fleetFile, clusters: own }) => own.map(({ name }) => [name, fleetFile])));
  if (all.length === 0) {
    const choice = choosePlanner(all, []);
    return { kind: 'no-planner', why: choice.planner ? '' : choice.why };
  }
  const known = [...files.keys()];
  const meant = clusters.length === 0 ? known : [...new Set(clusters)];
  const strange = meant.find(name => !files.has(name));
  if (strange !== undefined) return { kind: 'unknown', cluster: strange, known };
  await Promise.all(meant.map(name => planningQueue.addSurvey(name, files.get(name) ?? '', false)));
  return { kind: 'asked', clusters: meant };
}
