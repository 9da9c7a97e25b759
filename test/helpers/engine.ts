import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import { SILENT_LOG } from '../../services/common/log.ts';
import type { RunningService } from '../../services/common/running.ts';
import { steer } from '../../services/common/steer.ts';
import { startScheduler } from '../../services/scheduler/main.ts';
import { startWorker } from '../../services/workers/main.ts';
import { shellControl } from '../../shared/control/shell.ts';
import type { Command } from '../../shared/domain/command.ts';
import type { RolloutEvent } from '../../shared/domain/events.ts';
import { foldStatus } from '../../shared/domain/fold.ts';
import type { Plan } from '../../shared/domain/plan.ts';
import type { RolloutStatus } from '../../shared/domain/status.ts';
import { RedisStore } from '../../shared/journal/store.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { ClusterConnector, HostConnector } from '../../shared/ports/connect.ts';
import type { EngineStore } from '../../shared/ports/engine-store.ts';
import type { Step } from '../../shared/ports/step.ts';
import { httpProbes } from '../../shared/probes/http.ts';
import { Queues } from '../../shared/queue/queues.ts';
import { systemClock } from '../../shared/telemetry/clock.ts';

const NO_CLUSTER: ClusterConnector = name => {
  throw new Error(`no cluster ${name} in this test`);
};

/** What an engine of a test runs on. */
export interface EngineOptions {
  readonly prefix: string;
  /** A new connection each time; the caller closes them. */
  readonly connect: () => Promise<Redis>;
  readonly connectCluster?: ClusterConnector;
  /** Default: hosts that can do nothing. */
  readonly connectHost?: HostConnector;
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** What schedulers and workers are given instead of the store itself, to step between its calls. */
  readonly wrapStore?: (store: RedisStore, engine: TestEngine) => EngineStore;
}

/** Store and queues of a test, with as many schedulers and workers as it starts. */
export class TestEngine {
  readonly store: RedisStore;
  readonly queues: Queues;
  readonly connection: Redis;
  readonly prefix: string;
  readonly #connectCluster: ClusterConnector;
  readonly #clock: Clock;
  readonly #connectHost: HostConnector;
  readonly #engineStore: EngineStore;
  readonly #running = new Set<RunningService>();

  static async start(options: EngineOptions): Promise<TestEngine> {
    return new TestEngine(options, await options.connect());
  }

  private constructor(options: EngineOptions, connection: Redis) {
    this.connection = connection;
    this.prefix = options.prefix;
    this.store = new RedisStore(connection, options.prefix);
    this.queues = new Queues(connection, options.prefix, () => {});
    this.#connectCluster = options.connectCluster ?? NO_CLUSTER;
    this.#clock = options.clock ?? systemClock;
    this.#connectHost = options.connectHost ?? (() => ({}) as never);
    this.#engineStore = options.wrapStore?.(this.store, this) ?? this.store;
  }

  async scheduler(): Promise<RunningService> {
    const { queues, connection } = this;
    const store = this.#engineStore;
    const parts = {
      store,
      queues,
      connection,
      connectCluster: this.#connectCluster,
      control: shellControl,
      probes: httpProbes,
      clock: this.#clock,
    };
    return this.#keep(await startScheduler({ ...parts, log: SILENT_LOG }));
  }

  async worker(steps: readonly Step[], concurrency = 20): Promise<RunningService> {
    const { queues, connection } = this;
    const store = this.#engineStore;
    const connectHost = this.#connectHost;
    const world = {
      connectCluster: this.#connectCluster,
      connectHost,
      control: shellControl,
      probes: httpProbes,
      clock: this.#clock,
    };
    const parts = { store, queues, connection, ...world };
    return this.#keep(
      await startWorker({ ...parts, managers: [], log: SILENT_LOG, random: () => 0.5, steps, concurrency }),
    );
  }

  /** Creates a rollout and the root of its tree. */
  async rollout(plan: Plan, takeOver = false): Promise<string> {
    const id = `r${randomBytes(4).toString('hex')}`;
    const created = await this.store.create(id, plan, 'tester', takeOver);
    if (!created.ok) throw new Error(`cluster ${created.cluster} is held by ${created.holder}`);
    await this.queues.addTreeJob('rollout', id, plan.fleet, { rollout: id });
    return id;
  }

  async command(id: string, command: Command): Promise<string> {
    return (await steer(this.store, this.queues, id, command, 'tester', '')).note;
  }

  async status(id: string): Promise<RolloutStatus> {
    const plan = await this.store.plan(id);
    if (!plan) throw new Error(`no rollout ${id}`);
    return foldStatus(plan, id, await this.store.events(id));
  }

  /** The first event, old or new, that `wanted` accepts. */
  async event(id: string, wanted: (event: RolloutEvent) => boolean): Promise<RolloutEvent> {
    const stop = new AbortController();
    try {
      for await (const event of this.store.follow(id, '', stop.signal)) if (wanted(event)) return event;
    } finally {
      stop.abort();
    }
    throw new Error('the journal ended');
  }

  async ended(id: string): Promise<RolloutStatus> {
    await this.event(id, event => event.type === 'rollout-ended');
    return this.status(id);
  }

  /** Stops everything this engine started, then closes its queues. */
  async stop(): Promise<void> {
    await Promise.all([...this.#running].map(service => service.stop()));
    this.#running.clear();
    await this.queues.close();
  }

  #keep(service: RunningService): RunningService {
    const kept = {
      stop: async () => {
        this.#running.delete(kept);
        await service.stop();
      },
    };
    this.#running.add(kept);
    return kept;
  }
}
