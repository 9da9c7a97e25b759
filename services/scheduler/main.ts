import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { hostname } from 'node:os';
import { type Job, Worker, type WorkerOptions } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Retention } from '../../shared/domain/retention.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { ClusterConnector } from '../../shared/ports/connect.ts';
import type { Control } from '../../shared/ports/control.ts';
import type { EngineStore } from '../../shared/ports/engine-store.ts';
import type { Probes } from '../../shared/ports/probe.ts';
import type { RetentionStore } from '../../shared/ports/retention.ts';
import type { ClusterJob, RolloutJob, SlotJob, TreeQueue, WaveJob } from '../../shared/queue/names.ts';
import { workerSettings } from '../../shared/queue/options.ts';
import type { Queues } from '../../shared/queue/queues.ts';
import { GateKeeper } from '../common/gate-keeper.ts';
import type { ServiceLog } from '../common/log.ts';
import { announce } from '../common/presence.ts';
import type { RunningService } from '../common/running.ts';
import type { SchedulerDeps } from './deps.ts';
import { Durations } from './durations.ts';
import { FactsGatherer } from './facts.ts';
import { Holds } from './holds.ts';
import { Leases } from './leases.ts';
import { NodeLeases } from './node-leases.ts';
import type { NotifyParts } from './notify/deps.ts';
import type { PlanningParts } from './planning/deps.ts';
import { processCluster } from './processors/cluster.ts';
import { processRollout } from './processors/rollout.ts';
import { processSlot } from './processors/slot.ts';
import { processWave } from './processors/wave.ts';
import { reconcile } from './reconcile.ts';
import { keepRemoving } from './retention.ts';
import type { ScheduleParts } from './schedules/deps.ts';
import { startNotify } from './wire/notify.ts';
import { startPlanning } from './wire/planning.ts';
import { startSchedules } from './wire/schedules.ts';

export type { NotifyParts } from './notify/deps.ts';
export type { PlanningParts } from './planning/deps.ts';
export type { ScheduleParts } from './schedules/deps.ts';

const RECONCILE_MS = 3_000;
const TREE_CONCURRENCY = 200;

/** What a scheduler is made of. */
export interface SchedulerOptions {
  readonly store: EngineStore;
  readonly queues: Queues;
  /** Blocking connections are made from it by `duplicate`; needs `maxRetriesPerRequest: null`. */
  readonly connection: Redis;
  readonly connectCluster: ClusterConnector;
  readonly control: Control;
  readonly probes: Probes;
  readonly clock: Clock;
  readonly log: ServiceLog;
  /** How long a job stays with this process once it says nothing any more; default 15 000. */
  readonly jobLockMs?: number | undefined;
  /** What removes old rollouts, and when. Missing: all are kept. */
  readonly retention?: { readonly store: RetentionStore; readonly keep: Retention } | undefined;
  /** Missing: it begins no rollouts by itself. */
  readonly schedules?: ScheduleParts | undefined;
  /** Missing: it tells nobody of rollouts. */
  readonly notify?: NotifyParts | undefined;
  /** Missing: it makes no plans, and asks no hosts, for others. */
  readonly planning?: PlanningParts | undefined;
}

/** Starts a scheduler. Any number may run at the same time; each can do everything. */
export async function startScheduler(options: SchedulerOptions): Promise<RunningService> {
  const { store, queues, connectCluster, control, probes, clock, log } = options;
  const stopping = new AbortController();
  // Every call under way to any cluster listens to it.
  setMaxListeners(0, stopping.signal);
  const deps: SchedulerDeps = {
    store,
    queues,
    connectCluster,
    control,
    clock,
    log,
    gates: new GateKeeper({ connectCluster, control, probes, clock }),
    holds: new Holds({ store, connectCluster, control, probes, clock, log }),
    durations: new Durations(store, clock),
    facts: new FactsGatherer(connectCluster, clock, () => store.now()),
    leases: new Leases(connectCluster, clock),
    nodeLeases: new NodeLeases(connectCluster, clock, stopping.signal),
    signal: stopping.signal,
  };
  const leave = await announce(store, {
    id: randomUUID(),
    role: 'scheduler',
    host: hostname(),
    pid: process.pid,
    steps: [],
  });
  await reconcileAll(deps);
  const workers = startTreeWorkers(deps, options.connection, options.jobLockMs);
  const reconciling = Promise.all([keepReconciling(deps), startRemoving(options, deps)]);
  const schedules = await startSchedulesOf(options, deps);
  const notifying = startNotifyOf(options, deps);
  return {
    stop: async () => {
      stopping.abort(new Error('the scheduler stops'));
      await Promise.all([...workers.map(worker => worker.close()), reconciling, schedules.stop()]);
      // Last: what has just ended is to be told too.
      await notifying?.stop();
      await leave();
    },
  };
}

async function startRemoving({ retention, notify }: SchedulerOptions, deps: SchedulerDeps): Promise<void> {
  if (!retention) return;
  const untold = notify && (() => notify.outbox.unfinished());
  await keepRemoving({ ...deps, retention: retention.store, keep: retention.keep, untold });
}

/** Schedules and planning: what a scheduler with a fleet file does by itself, and for others. */
async function startSchedulesOf(options: SchedulerOptions, deps: SchedulerDeps): Promise<RunningService> {
  const { schedules, planning, connection, jobLockMs } = options;
  const kept = schedules && (await startSchedules({ ...deps, ...schedules }, connection, jobLockMs));
  const planned = planning && (await startPlanning({ ...deps, ...planning }, connection, jobLockMs));
  return {
    stop: async () => {
      await Promise.all([kept?.stop(), planned?.stop()]);
    },
  };
}

function startNotifyOf(
  { notify, connection, jobLockMs }: SchedulerOptions,
  deps: SchedulerDeps,
): RunningService | null {
  return notify ? startNotify(deps, notify, connection, jobLockMs) : null;
}

function startTreeWorkers(deps: SchedulerDeps, connection: Redis, jobLockMs?: number): Worker[] {
  const processors = {
    rollout: (job: Job<RolloutJob>, token?: string) => processRollout(deps, job, token),
    cluster: (job: Job<ClusterJob>, token?: string) => processCluster(deps, job, token),
    wave: (job: Job<WaveJob>, token?: string) => processWave(deps, job, token),
    slot: (job: Job<SlotJob>, token?: string) => processSlot(deps, job, token),
  } satisfies Record<TreeQueue, unknown>;
  const settings: WorkerOptions = {
    ...workerSettings(jobLockMs),
    connection,
    prefix: deps.queues.prefix,
    ...deps.queues.tracing,
    concurrency: TREE_CONCURRENCY,
  };
  return (Object.keys(processors) as TreeQueue[]).map(name => {
    const worker = new Worker(name, processors[name], settings);
    worker.on('error', deps.queues.onError);
    worker.on('failed', (job, error) => {
      // What was cut off by the stop is no trouble.
      if (deps.signal.aborted) return;
      deps.log.warn({ queue: name, job: job?.id, error: error.message }, 'a tree job failed and will run again');
    });
    return worker;
  });
}

async function reconcileAll(deps: SchedulerDeps): Promise<void> {
  const active = await deps.store.active();
  for (const rollout of active) {
    if (deps.signal.aborted) return;
    // One that cannot be mended must not keep the others from it.
    await reconcile(deps, rollout).catch((error: unknown) => {
      deps.log.warn({ rollout, error: String(error) }, 'the reconciler could not finish its round');
    });
  }
  await deps.holds.tidy(new Set(active), await deps.store.installation(), deps.signal);
}

async function keepReconciling(deps: SchedulerDeps): Promise<void> {
  while (!deps.signal.aborted) {
    // The sleep ends early when the scheduler stops.
    await deps.clock.sleep(RECONCILE_MS, deps.signal).catch(() => {});
    if (deps.signal.aborted) return;
    await reconcileAll(deps).catch((error: unknown) => {
      deps.log.warn({ error: String(error) }, 'the rollouts to reconcile could not be read');
    });
  }
}
