import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import type { StepName } from '../../shared/domain/steps.ts';
import type { Step } from '../../shared/ports/step.ts';
import { workerSettings } from '../../shared/queue/options.ts';
import { GateKeeper } from '../common/gate-keeper.ts';
import { announce } from '../common/presence.ts';
import type { RunningService } from '../common/running.ts';
import type { WorkerDeps } from './deps.ts';
import { FlagWatch } from './flag-watch.ts';
import { NodeEvents } from './node-events.ts';
import { backoffStrategy } from './retry-later.ts';
import { stepProcessor } from './run-step.ts';

export { type PodPreview, type PreviewRequest, previewDrain } from './common/drain/preview.ts';
export { findWork } from './common/due.ts';
export { stepsNamed } from './registry.ts';

/** What a worker is made of. */
export interface WorkerServiceOptions extends Omit<WorkerDeps, 'stopping' | 'events' | 'flags' | 'name' | 'gates'> {
  /** Blocking connections are made from it by `duplicate`; needs `maxRetriesPerRequest: null`. */
  readonly connection: Redis;
  /** The steps this process takes, with what carries them out. */
  readonly steps: readonly Step[];
  /** Nodes at once per step. */
  readonly concurrency: number;
  /** How long a job stays with this process once it says nothing any more; default 15 000. */
  readonly jobLockMs?: number | undefined;
}

/** What is still to be told on Nodes gets this much time when a worker stops. */
const FLUSH_MS = 2_000;

/** Starts a worker for some or all steps. Any number may run at the same time. */
export async function startWorker(options: WorkerServiceOptions): Promise<RunningService> {
  const stopping = new AbortController();
  const events = new NodeEvents(options.clock, options.log);
  const seen = { gates: new GateKeeper(options), flags: new FlagWatch(options.store) };
  const deps: WorkerDeps = { ...options, ...seen, events, name: hostname(), stopping: stopping.signal };
  const leave = await announce(options.store, {
    id: randomUUID(),
    role: 'worker',
    host: hostname(),
    pid: process.pid,
    steps: options.steps.map(step => step.name) satisfies StepName[],
  });
  const workers = options.steps.map(step => {
    const worker = new Worker(step.name, stepProcessor(deps, step), {
      ...workerSettings(options.jobLockMs),
      connection: options.connection,
      prefix: options.queues.prefix,
      ...options.queues.tracing,
      concurrency: options.concurrency,
      settings: { backoffStrategy },
    });
    worker.on('error', options.queues.onError);
    // BullMQ itself only tells of it: the step must let go, because another worker has the job by now or soon.
    worker.on('lockRenewalFailed', ids => {
      for (const id of ids) worker.cancelJob(id, 'the lock of the job was lost');
    });
    return worker;
  });
  return {
    stop: async () => {
      // First no new work, then let go: a step let go at once would else be taken again by this very worker.
      const pausing = workers.map(worker => worker.pause(true));
      stopping.abort(new Error('the worker stops'));
      await Promise.all(pausing);
      await Promise.all(workers.map(worker => worker.close()));
      await events.flush(FLUSH_MS);
      await leave();
    },
  };
}
