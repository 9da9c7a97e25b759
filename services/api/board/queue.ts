import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import type { Job, Queue } from 'bullmq';
import { isStepName, type StepName } from '../../../shared/domain/steps.ts';
import type { CommandAnswer } from '../../../shared/ports/store.ts';
import { boardActor } from './actor.ts';

/** One step of one node, as its job says it. */
export interface StepOfNode {
  readonly rollout: string;
  readonly cluster: string;
  readonly node: string;
  readonly round: number;
  readonly step: StepName;
}

/** Retries the failed step by the rules of its rollout; `by`: who asks, for the journal. */
export type RetryStep = (step: StepOfNode, by: string) => Promise<CommandAnswer>;

/** An answer with this status; Bull Board passes `statusCode` and message on. */
class Refused extends Error {
  readonly statusCode: number;

  constructor(statusCode: number, message: string) {
    super(message);
    this.statusCode = statusCode;
  }
}

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  rollout: 'One job a rollout: the root of its tree',
  cluster: 'One job for each cluster of a rollout',
  wave: 'One job for each wave of a cluster',
  schedule: 'The next time of each schedule, and the starts under way',
  planning: 'One job for each plan that was asked for on the server and is not made yet',
  survey: 'One job for each cluster whose hosts are to be asked what is due on them',
  notify: 'One job for each target that a notification waits for',
  slot: 'Each holds the right to have one node of its wave away',
};

/** A queue as Bull Board sees it. Its jobs are retried by the rules of their rollout, with all their attempts. */
export class BoardQueue extends BullMQAdapter {
  override readonly allowCompletedRetries = false;
  readonly #retryStep: RetryStep;

  constructor(queue: Queue, retryStep: RetryStep) {
    const description = DESCRIPTIONS[queue.name] ?? `The step ${queue.name} of each node`;
    super(queue, { description });
    this.#retryStep = retryStep;
  }

  override async getJob(id: string): Promise<Job | undefined> {
    const job = await super.getJob(id);
    if (!job) return undefined;
    const plainRetry = job.retry.bind(job);
    const plainPromote = job.promote.bind(job);
    return Object.assign(job, {
      promote: async () => {
        if (!(await job.isDelayed())) throw new Refused(409, 'only a delayed job can be promoted');
        await plainPromote();
      },
      retry: async (state?: 'completed' | 'failed') => {
        if (state !== 'failed') throw new Refused(403, 'only failed jobs can be retried: what is done stays done');
        if (!isStepName(job.queueName)) return plainRetry('failed', { resetAttemptsMade: true });
        const step = { ...(job.data as Omit<StepOfNode, 'step'>), step: job.queueName };
        const answer = await this.#retryStep(step, boardActor());
        if (!answer.ok) throw new Refused(409, answer.note);
      },
    });
  }
}
