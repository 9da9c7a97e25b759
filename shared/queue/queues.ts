import { setTimeout as sleep } from 'node:timers/promises';
import { FlowProducer, type Job, Queue, type QueueBaseOptions } from 'bullmq';
import type { Redis } from 'ioredis';
import { stepJobId } from '../domain/names.ts';
import type { NodePolicy } from '../domain/policy.ts';
import type { StepName } from '../domain/steps.ts';
import type { RolloutParts } from '../ports/retention.ts';
import { chainFlow, qualifiedName } from './chain.ts';
import { QUEUE_NAMES, type QueueName, type StepJob, TREE_QUEUES, type TreeQueue } from './names.ts';
import { TREE_JOB_OPTIONS } from './options.ts';
import { removeJobs } from './remove-jobs.ts';

const FAILING_LOOKS = 40;
const FAILING_LOOK_MS = 50;

/** Takes what the connections of queues report; they reconnect by themselves. */
export type ErrorListener = (error: Error) => void;

/** What traces the work of queues, for the options of all that BullMQ makes; empty: nothing does. */
export type QueueTracing = Pick<QueueBaseOptions, 'telemetry'>;

/** All queues and the flow producer on one connection. Holds no state of its own. */
export class Queues {
  readonly prefix: string;
  /** For what others make on the same Redis. */
  readonly onError: ErrorListener;
  /** The same, for workers. */
  readonly tracing: QueueTracing;
  readonly #connection: Redis;
  readonly #queues: ReadonlyMap<QueueName, Queue>;
  readonly #flows: FlowProducer;

  constructor(connection: Redis, prefix: string, onError: ErrorListener, tracing: QueueTracing = {}) {
    this.prefix = prefix;
    this.onError = onError;
    this.tracing = tracing;
    this.#connection = connection;
    this.#queues = new Map(QUEUE_NAMES.map(name => [name, new Queue(name, { connection, prefix, ...tracing })]));
    this.#flows = new FlowProducer({ connection, prefix, ...tracing });
    this.#flows.on('error', onError);
    for (const queue of this.#queues.values()) queue.on('error', onError);
  }

  queue(name: QueueName): Queue {
    const queue = this.#queues.get(name);
    if (!queue) throw new Error(`no queue ${name}`);
    return queue;
  }

  all(): readonly Queue[] {
    return [...this.#queues.values()];
  }

  /** Adds a job of the tree's upper levels; one that is there already stays as it is. */
  async addTreeJob(
    queue: TreeQueue,
    id: string,
    name: string,
    data: object,
    parent?: { queue: TreeQueue; id: string },
  ): Promise<void> {
    // Each visit is a trace of its own: one of a whole rollout would have hundreds of thousands of spans.
    const apart = this.tracing.telemetry ? { telemetry: { omitContext: true } } : {};
    const opts = { ...TREE_JOB_OPTIONS, ...apart, jobId: id };
    const parentRef = parent && { id: parent.id, queue: qualifiedName(this.prefix, parent.queue) };
    await this.queue(queue).add(name, data, parentRef ? { ...opts, parent: parentRef } : opts);
  }

  /** Adds a node's chain under its slot; what is there already stays as it is. */
  async addChain(data: StepJob, slot: string, policy: NodePolicy): Promise<void> {
    await this.#flows.add(chainFlow(this.prefix, data, slot, policy));
  }

  async job(queue: QueueName, id: string): Promise<Job | undefined> {
    return this.queue(queue).getJob(id);
  }

  /** Puts an active job off for `ms`; it costs no attempt when its processor throws DelayedError then. */
  async delay(job: Job, ms: number, token: string | undefined): Promise<void> {
    await job.moveToDelayed(Date.now() + ms, token);
  }

  /** Lets a delayed job run now; one that is not delayed stays as it is. */
  async promote(queue: QueueName, id: string): Promise<void> {
    const job = await this.job(queue, id);
    if (!job || !(await job.isDelayed())) return;
    // Between the look and the act the job may have begun: then there is nothing to promote.
    await job.promote().catch(() => {});
  }

  /**
   * Lets every delayed job of the upper levels of a rollout's tree run now; `dueAfterMs`: only those due later than
   * that; `levels`: only those of these levels.
   */
  async promoteTree(rollout: string, dueAfterMs = 0, levels: readonly TreeQueue[] = TREE_QUEUES): Promise<void> {
    const looks = levels.map(async name => {
      const delayed = `${qualifiedName(this.prefix, name)}:delayed`;
      // BullMQ keeps the due time in ms times 4096, the low bits are a counter (getDelayedScore.lua).
      const ids = await this.#connection.zrangebyscore(delayed, dueAfterMs * 0x1000, '+inf');
      const ours = ids.filter(id => id === rollout || id.startsWith(`${rollout}_`));
      await Promise.all(ours.map(id => this.promote(name, id)));
    });
    await Promise.all(looks);
  }

  /**
   * Runs a failed step again with all its attempts. The store knows of a failure a moment before BullMQ does: a job
   * that is still on its way there is waited for. False: it did not fail.
   */
  async retryStep(rollout: string, cluster: string, node: string, round: number, step: StepName): Promise<boolean> {
    const id = stepJobId(rollout, cluster, node, round, step);
    for (let look = 0; look < FAILING_LOOKS; look += 1) {
      const job = await this.job(step, id);
      const state = await job?.getState();
      if (job && state === 'failed') {
        const retried = await job.retry('failed', { resetAttemptsMade: true }).then(
          () => true,
          // The reconciler may have been first: the next look tells.
          () => false,
        );
        if (retried) return true;
        continue;
      }
      if (state !== 'active') return false;
      await sleep(FAILING_LOOK_MS);
    }
    return false;
  }

  /** Removes all jobs of a rollout that has ended: see {@link removeJobs}. Returns how many stay, as a worker has them in hand. */
  removeJobs(rollout: string, parts: RolloutParts, signal: AbortSignal): Promise<number> {
    return removeJobs(name => this.queue(name), rollout, parts, signal);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#queues.values()].map(queue => queue.close()));
    await this.#flows.close();
  }
}
