import { DelayedError, type Job, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { workerSettings } from '../../../shared/queue/options.ts';
import { type DraftJob, PLANNING_QUEUE, SURVEY_QUEUE, type SurveyJob } from '../../../shared/queue/planning-queue.ts';
import type { RunningService } from '../../common/running.ts';
import { Catalogue } from '../planning/catalogue.ts';
import type { PlanningDeps } from '../planning/deps.ts';
import { makeDraft } from '../planning/make-draft.ts';
import { surveyCluster } from '../planning/survey.ts';
import { SurveyTimes } from '../planning/survey-times.ts';

const TELL_MS = 3_000;
/** A job of another fleet file goes back for so long, so that another scheduler gets it. */
const NOT_OURS_MS = 500;
/** For so long the hosts that somebody wants asked wait for a scheduler of their fleet file to come back. */
const SURVEY_WAIT_MS = 600_000;
const PLANS_AT_ONCE = 5;
/** Each asks ten hosts at a time. */
const SURVEYS_AT_ONCE = 2;

/** Makes plans and surveys of a fleet file until `deps.signal` aborts and it is stopped. */
export async function startPlanning(
  deps: PlanningDeps,
  connection: Redis,
  jobLockMs?: number,
): Promise<RunningService> {
  const catalogue = new Catalogue(deps);
  await catalogue.tell();
  const workers = startWorkers(deps, connection, jobLockMs);
  const rounds = keepOn(deps, catalogue);
  return {
    stop: async () => {
      await Promise.all([...workers.map(worker => worker.close()), rounds]);
      await catalogue.leave();
    },
  };
}

function startWorkers(deps: PlanningDeps, connection: Redis, jobLockMs?: number): readonly Worker[] {
  const settings = { ...workerSettings(jobLockMs), connection, prefix: deps.queues.prefix };
  const plans = new Worker<DraftJob>(
    PLANNING_QUEUE,
    ours(
      deps,
      ({ draft }) => makeDraft(deps, draft),
      ({ data }) => isOpen(deps, data.draft),
    ),
    { ...settings, concurrency: PLANS_AT_ONCE },
  );
  const surveys = new Worker<SurveyJob>(
    SURVEY_QUEUE,
    ours(
      deps,
      ({ cluster, outdated }) => surveyCluster(deps, cluster, outdated),
      job => isKept(deps, job),
    ),
    { ...settings, concurrency: SURVEYS_AT_ONCE },
  );
  const workers: readonly Worker[] = [plans, surveys];
  for (const worker of workers) {
    worker.on('error', deps.queues.onError);
    worker.on('failed', (job, error) => {
      if (deps.signal.aborted) return;
      deps.log.warn({ queue: worker.name, job: job?.id, error: error.message }, 'planning failed and will run again');
    });
  }
  return workers;
}

/** `isWanted`: whether a job of another fleet file may still find somebody who does it; else it is let go. */
function ours<D extends { readonly fleetFile: string }>(
  deps: PlanningDeps,
  work: (data: D) => Promise<void>,
  isWanted: (job: Job<D>) => Promise<boolean>,
) {
  return async (job: Job<D>, token?: string): Promise<void> => {
    if (job.data.fleetFile === deps.fleetFile) return work(job.data);
    if (!(await isWanted(job))) return;
    await job.moveToDelayed(Date.now() + NOT_OURS_MS, token);
    throw new DelayedError();
  };
}

/** Its scheduler may come back for a draft as long as there is one that is not made. */
async function isOpen({ drafts }: PlanningDeps, id: string): Promise<boolean> {
  const state = (await drafts.draft(id))?.state;
  return state === 'asked' || state === 'making';
}

/** A scheduler may be started anew; of one that stays away nobody waits for the answer any more. */
async function isKept({ planners, log }: PlanningDeps, { data, timestamp }: Job<SurveyJob>): Promise<boolean> {
  const { fleetFile, cluster } = data;

  if (Date.now() - timestamp < SURVEY_WAIT_MS) return true;
  if ((await planners.planners()).some(planner => planner.fleetFile === fleetFile)) return true;
  log.warn({ cluster, fleetFile }, 'its hosts are not asked: no scheduler has the fleet file; ask again when one runs');
  return false;
}

/** Who asked for a draft may have died before its job was added. Of a job that is there, nothing is changed. */
async function keepDrafts({ drafts, planningQueue, fleetFile }: PlanningDeps): Promise<void> {
  for (const id of await drafts.open(fleetFile)) await planningQueue.addDraft(id, fleetFile);
}

async function keepOn(deps: PlanningDeps, catalogue: Catalogue): Promise<void> {
  const times = new SurveyTimes(deps);
  const failed = (what: string) => (error: unknown) => deps.log.warn({ error: String(error) }, what);
  while (!deps.signal.aborted) {
    await catalogue.tell().catch(failed('it could not be told that plans are made here'));
    await keepDrafts(deps).catch(failed('it could not be looked which plans are still to be made'));
    await times.look(catalogue.clusters).catch(failed('it could not be looked which hosts are to be asked'));
    // The sleep ends early when the scheduler stops.
    await deps.clock.sleep(TELL_MS, deps.signal).catch(() => {});
  }
}
