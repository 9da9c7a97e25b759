import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { TREE_JOB_OPTIONS } from './options.ts';
import type { ErrorListener } from './queues.ts';

/** The queue of notifications. */
export const NOTIFY_QUEUE = 'notify';

/** A job of {@link NOTIFY_QUEUE}: something waits for a target. What it is, is known by the outbox. */
export interface NotifyJob {
  readonly lane: string;
}

/** One job for each target that something waits for. Jobs only wake: one that is lost costs a moment. */
export class NotifyQueue {
  /** For views. */
  readonly queue: Queue<NotifyJob>;

  constructor(connection: Redis, prefix: string, onError: ErrorListener) {
    this.queue = new Queue(NOTIFY_QUEUE, { connection, prefix });
    this.queue.on('error', onError);
  }

  /** Sees to it that a lane has its job; one that is there already stays as it is. */
  async wake(lane: string): Promise<void> {
    await this.queue.add(lane, { lane }, { ...TREE_JOB_OPTIONS, jobId: lane, removeOnComplete: true });
  }

  async close(): Promise<void> {
    await this.queue.close();
  }
}
