import { onTestFinished } from 'vitest';
import { makePlan } from '../../services/common/planning/make-plan.ts';
import type { WorldSpec } from '../../services/simulator/main.ts';
import type { RolloutEvent } from '../../shared/domain/events.ts';
import { foldStatus } from '../../shared/domain/fold.ts';
import type { Plan } from '../../shared/domain/plan.ts';
import { RedisStore } from '../../shared/journal/store.ts';
import { openCluster } from '../../shared/kubernetes/open.ts';
import { Queues } from '../../shared/queue/queues.ts';
import type { EmbeddedOptions } from '../../shared/redis/server/options.ts';
import { systemClock } from '../../shared/telemetry/clock.ts';
import { type CliRun, startCli } from './cli.ts';
import { type PrivateRedis, privateRedis } from './redis-private.ts';
import { kickstart, type TestSimulation, tinyWorld } from './simulation.ts';
import { type WorldActs, watchActs } from './world-acts.ts';

/** Prefix of the program's keys. */
const PREFIX = 'nodetide';

/** A rollout over a simulated world, a Redis of its own, and processes that carry it: for tests that end some of them. */
export interface Chaos {
  readonly simulation: TestSimulation;
  readonly redis: PrivateRedis;
  readonly store: RedisStore;
  readonly queues: Queues;
  readonly id: string;
  readonly plan: Plan;
  readonly acts: WorldActs;
  /** Starts one in a process of its own; resolves when it is ready. */
  worker(): Promise<CliRun>;
  scheduler(): Promise<CliRun>;
  /** The journal from `after` (default: the beginning) on, until the reader stops reading. */
  journal(after?: string): AsyncIterable<RolloutEvent>;
  /** The first event after `after` that is `wanted`. */
  event(wanted: (event: RolloutEvent) => boolean, after?: string): Promise<RolloutEvent>;
  /** Resolves when the rollout has ended: with everything that was wrong about how; empty: nothing. */
  verdict(): Promise<string[]>;
}

/** Slow enough that something can be ended in the middle, quick enough for a test. */
export function chaosWorld(nodes: number, clusters: number): WorldSpec {
  return tinyWorld({
    nodes,
    clusters,
    defaults: { timings: { upgradeMs: 700, refreshMs: 50, shutdownMs: 50, bootMs: 500 } },
    cluster: {
      timings: { podStopMs: 200, podStartMs: 50, notReadyAfterMs: 50, kubeletReportMs: 50, heartbeatMs: 200 },
    },
  });
}

/**
 * Starts Redis and the world, and creates the rollout; nobody carries it yet. All of it ends with the test.
 * `jobLockSeconds`: how long a dead process is waited for; default as usual.
 */
export async function startChaos(
  world: WorldSpec,
  redisOptions: Partial<EmbeddedOptions> = {},
  jobLockSeconds?: number,
): Promise<Chaos> {
  const redis = await privateRedis(redisOptions);
  const simulation = await kickstart(world);
  onTestFinished(() => simulation.close());
  const acts = watchActs(simulation.sim);
  const connection = await redis.connect();
  const [store, queues] = [new RedisStore(connection, PREFIX), new Queues(connection, PREFIX, () => {})];
  onTestFinished(() => queues.close());
  const plan = await planOf(simulation.files.fleetFile);
  const id = 'r-chaos';
  const created = await store.create(id, plan, 'tester', false);
  if (!created.ok) throw new Error('the cluster is held');
  const service = async (name: 'worker' | 'scheduler'): Promise<CliRun> => {
    const lock = jobLockSeconds === undefined ? [] : ['--job-lock', String(jobLockSeconds)];
    const run = startCli([name, '--redis', redis.url, ...lock]);
    await run.line(/: ready, Redis/);
    return run;
  };
  const journal = (after = '') => store.follow(id, after, new AbortController().signal);
  const event: Chaos['event'] = async (wanted, after) => {
    for await (const each of journal(after)) if (wanted(each)) return each;
    throw new Error('the journal ended');
  };
  return {
    simulation,
    redis,
    store,
    queues,
    id,
    plan,
    acts,
    worker: () => service('worker'),
    scheduler: () => service('scheduler'),
    journal,
    event,
    verdict: async () => {
      await event(each => each.type === 'rollout-ended');
      const { state, counts } = foldStatus(plan, id, await store.events(id));
      const { done, ...rest } = counts;
      const others = Object.entries(rest).filter(([, number]) => number > 0);
      return [
        ...(state === 'done' && done > 0 ? [] : [`ended as ${state} with ${done} nodes done`]),
        ...others.map(([name, number]) => `${number} nodes ${name}`),
        ...acts.wrong(),
      ];
    },
  };
}

/** The plan of everything in a fleet file. */
export async function planOf(fleetFile: string): Promise<Plan> {
  const made = await makePlan({
    fleetFile,
    narrow: { clusters: [], waves: [], nodes: [], limit: null, selector: '' },
    connectClusters: async () => openCluster,
    clock: systemClock,
    signal: new AbortController().signal,
  });
  if (made.kind !== 'planned') throw new Error(`no plan: ${JSON.stringify(made)}`);
  return made.plan;
}
