import { createHash } from 'node:crypto';
import { type JobsOptions, Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { TREE_JOB_OPTIONS } from './options.ts';
import type { ErrorListener } from './queues.ts';

/** The queue of plans that are to be made. */
export const PLANNING_QUEUE = 'planning';
/** The queue of clusters whose hosts are to be asked: that takes so long that no plan must wait for it. */
export const SURVEY_QUEUE = 'survey';

/** A job of {@link PLANNING_QUEUE}. Only a scheduler that has `fleetFile` carries it out. */
export interface DraftJob {
  readonly fleetFile: string;
  readonly draft: string;
}

/** A job of {@link SURVEY_QUEUE}. Only a scheduler that has `fleetFile` carries it out. */
export interface SurveyJob {
  readonly fleetFile: string;
  readonly cluster: string;
  /** Only those hosts whose last answer is older than the end of their work; false: all. */
  readonly outdated: boolean;
}

/** One attempt follows the other until it is done: what is wrong with the world is an answer, no failure. */
const OPTIONS: JobsOptions = { ...TREE_JOB_OPTIONS, removeOnComplete: true };

/** Asks for plans and surveys. What is asked for twice, before it is done, is done once. */
export class PlanningQueue {
  readonly #drafts: Queue<DraftJob>;
  readonly #surveys: Queue<SurveyJob>;

  constructor(connection: Redis, prefix: string, onError: ErrorListener) {
    this.#drafts = new Queue(PLANNING_QUEUE, { connection, prefix });
    this.#surveys = new Queue(SURVEY_QUEUE, { connection, prefix });
    for (const queue of this.all()) queue.on('error', onError);
  }

  /** For views. */
  all(): readonly Queue[] {
    return [this.#drafts, this.#surveys];
  }

  async addDraft(draft: string, fleetFile: string): Promise<void> {
    await this.#drafts.add(`draft ${draft}`, { fleetFile, draft }, { ...OPTIONS, jobId: draft });
  }

  async addSurvey(cluster: string, fleetFile: string, outdated: boolean): Promise<void> {
    const jobId = `${cluster}_${outdated ? 'outdated' : 'all'}_${shortOf(fleetFile)}`;
    await this.#surveys.add(`survey ${cluster}`, { fleetFile, cluster, outdated }, { ...OPTIONS, jobId });
  }

  async close(): Promise<void> {
    await Promise.all(this.all().map(queue => queue.close()));
  }
}

/** A path as part of a job's id. What was asked for of a file that is elsewhere now must not stand in for what is asked of this one. */
function shortOf(fleetFile: string): string {
  return createHash('sha256').update(fleetFile).digest('hex').slice(0, 12);
}
