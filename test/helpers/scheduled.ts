import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { onTestFinished } from 'vitest';
import { SILENT_LOG } from '../../services/common/log.ts';
import type { HostProbe } from '../../services/common/planning/probe.ts';
import { scheduledRolloutId } from '../../services/common/rollout-id.ts';
import type { RunningService } from '../../services/common/running.ts';
import { startScheduler } from '../../services/scheduler/main.ts';
import { findWork } from '../../services/workers/main.ts';
import { shellControl } from '../../shared/control/shell.ts';
import { cronerCron } from '../../shared/cron/croner.ts';
import type { StartRecord, StoredSchedule } from '../../shared/domain/schedule.ts';
import { sshHosts } from '../../shared/hosts/ssh/connector.ts';
import { RedisScheduleStore } from '../../shared/journal/schedule-store.ts';
import { RedisStore } from '../../shared/journal/store.ts';
import { openCluster } from '../../shared/kubernetes/open.ts';
import { PACKAGE_MANAGERS } from '../../shared/packages/managers.ts';
import type { ScheduleStore } from '../../shared/ports/schedule-store.ts';
import { httpProbes } from '../../shared/probes/http.ts';
import { Queues } from '../../shared/queue/queues.ts';
import { REPEAT_SETTINGS, ScheduleQueue } from '../../shared/queue/schedule-queue.ts';
import { JumpClock } from './jump-clock.ts';
import { onHost } from './on-host.ts';
import type { TestSimulation } from './simulation.ts';

const LOOK_MS = 50;
const TIMEOUT_MS = 60_000;

/** Schedules over a simulated fleet; no workers: the rollouts begun stay as they are. */
export interface Scheduled {
  readonly clock: JumpClock;
  readonly store: RedisStore;
  readonly schedules: RedisScheduleStore;
  readonly queue: ScheduleQueue;
  readonly queues: Queues;
  /** A schedule of the fleet's file; unless said otherwise due each hour, first in half an hour by the machine's clock. */
  schedule(more?: Partial<StoredSchedule>): StoredSchedule;
  /** Starts a scheduler, until the test ends or it is stopped. */
  scheduler(more?: Partial<Wraps>): Promise<RunningService>;
  /** Puts the clock to just after the schedule's next time, and lets BullMQ's job of that time run. Gives the instant. */
  due(name: string): Promise<number>;
  /** The start of that instant, or the only one, once it has its outcome. */
  outcome(name: string, dueMs?: number): Promise<StartRecord>;
  /** The first start for which it holds. */
  start(name: string, wanted: (record: StartRecord) => boolean): Promise<StartRecord>;
  rolloutOf(name: string, dueMs: number): string;
  /** Resolves once every scheduler has compared schedules and jobs again, `seconds` later by the clock. */
  later(seconds: number): Promise<void>;
  /** Resolves when a scheduler works on something of schedules. */
  busy(): Promise<void>;
  /** Lets the starts that wait look again now. */
  look(): Promise<void>;
  /** The rollout is over, as far as the store knows. */
  end(rollout: string): Promise<void>;
  /** Runs a command on a host of the simulation, as root. */
  onHost(cluster: string, node: string, text: string): Promise<void>;
}

/** What one scheduler sees otherwise than it is. */
export interface Wraps {
  readonly store: ScheduleStore;
  readonly probe: HostProbe;
  readonly fleetFile: string;
  readonly prefix: string;
}

/** Schedules in the corner `prefix` of a Redis. Everything started ends with the test. */
export async function scheduled(
  simulation: Pick<TestSimulation, 'files'>,
  prefix: string,
  connect: () => Promise<Redis>,
): Promise<Scheduled> {
  const clock = new JumpClock();
  const connection = await connect();
  const [store, schedules] = [new RedisStore(connection, prefix), new RedisScheduleStore(connection, prefix)];
  const [queue, queues] = [new ScheduleQueue(connection, prefix, () => {}), new Queues(connection, prefix, () => {})];
  const raw = new Queue('schedule', { connection, prefix, settings: REPEAT_SETTINGS });
  raw.on('error', () => {});
  const hosts = sshHosts({ tell: () => {} });
  const running = new Set<RunningService & { readonly counted: { rounds: number } }>();
  onTestFinished(async () => {
    await Promise.all([...running].map(each => each.stop()));
    await Promise.all([raw.close(), queue.close(), queues.close(), hosts.close()]);
  });
  const probe: HostProbe = async (host, policy, signal) =>
    findWork({ host, policy, managers: PACKAGE_MANAGERS, signal }, await host.facts(signal));
  const start: Scheduled['start'] = (name, wanted) =>
    until(async () => (await schedules.starts(name)).find(wanted), `a start of ${name}`);
  return {
    clock,
    store,
    schedules,
    queue,
    queues,
    schedule: more => ({
      name: 'nightly',
      cron: inHalfAnHour(),
      zone: 'UTC',
      mode: 'roll',
      narrow: { clusters: [], waves: [], nodes: [], limit: null, selector: '' },
      policy: null,
      overlap: 'skip',
      catchUpMs: 0,
      onlyIf: null,
      fleetFile: simulation.files.fleetFile,
      origin: 'hand',
      by: 'tester',
      ...more,
    }),
    async scheduler(more = {}) {
      const counted = { rounds: 0 };
      const parts = {
        schedules: counting(more.store ?? schedules, counted),
        scheduleQueue: queue,
        connectHost: hosts.connect,
      };
      const service = await startScheduler({
        store,
        queues,
        connection,
        connectCluster: openCluster,
        control: shellControl,
        probes: httpProbes,
        clock,
        log: SILENT_LOG,
        schedules: { ...parts, probe: more.probe ?? probe, fleetFile: more.fleetFile ?? null, env: {} },
      });
      const kept = {
        counted,
        stop: async (): Promise<void> => {
          running.delete(kept);
          await service.stop();
        },
      };
      running.add(kept);
      return kept;
    },
    async due(name) {
      const { cron = '', zone = '' } = (await schedules.schedule(name)) ?? {};
      const dueMs = cronerCron.next(cron, zone, clock.now()) ?? 0;
      clock.jump(dueMs + 1 - clock.now());
      const job = await until(async () => (await raw.getDelayed()).find(each => each.repeatJobKey === name), 'a job');
      await job.promote();
      return dueMs;
    },
    start,
    outcome: (name, dueMs) =>
      start(name, record => record.outcome !== null && (dueMs === undefined || record.dueMs === dueMs)),
    rolloutOf: scheduledRolloutId,
    async later(seconds) {
      const before = new Map([...running].map(each => [each, each.counted.rounds]));
      clock.jump(seconds * 1_000);
      // The round under way may have begun before the jump.
      const isOver = () => [...before].every(([each, rounds]) => each.counted.rounds >= rounds + 2);
      let aheadMs = 0;
      await until(async () => {
        if (isOver()) return true;
        // Their sleep between two rounds; not so often that another start is due.
        if (aheadMs < 600_000) clock.jump(5_000);
        aheadMs += 5_000;
        return undefined;
      }, 'a round of each scheduler');
    },
    async busy() {
      await until(async () => ((await raw.getActiveCount()) > 0 ? true : undefined), 'work');
    },
    async look() {
      const waiting = (await raw.getDelayed()).filter(each => 'dueMs' in each.data);
      await Promise.all(waiting.map(each => each.promote().catch(() => {})));
    },
    async end(rollout) {
      await connection.hset(`${prefix}:~r:${rollout}:meta`, 'state', 'done');
      await connection.del(`${prefix}:~holders`);
    },
    onHost: (cluster, node, text) => onHost(simulation.files.fleetFile, { cluster, node }, text),
  };
}

/** BullMQ goes by the machine's clock: nothing is due by it while a test lasts. */
function inHalfAnHour(): string {
  return `${new Date(Date.now() + 1_800_000).getUTCMinutes()} * * * *`;
}

/** Each round of a scheduler reads all schedules once. */
function counting(store: ScheduleStore, counted: { rounds: number }): ScheduleStore {
  return new Proxy(store, {
    get(target, key) {
      if (key === 'schedules') counted.rounds += 1;
      const value: unknown = Reflect.get(target, key);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

/** Asks until there is an answer; fails after a minute. */
export async function until<T>(ask: () => Promise<T | undefined>, what: string): Promise<T> {
  const late = AbortSignal.timeout(TIMEOUT_MS);
  for (;;) {
    const found = await ask();
    if (found !== undefined) return found;
    if (late.aborted) throw new Error(`${what}: did not come`);
    await new Promise(resolve => setTimeout(resolve, LOOK_MS));
  }
}
