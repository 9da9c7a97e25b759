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
  /** A schedule of the fleet's file; unless said otherwise due each minute. */
  schedule(more?: Partial<StoredSchedule>): StoredSchedule;
  /** Starts a scheduler, until the test ends or it is stopped. */
  scheduler(more?: Partial<Wraps>): Promise<RunningService>;
  /** Puts the clock to just after the next full minute, and lets BullMQ's job of that time run. Gives the instant. */
  minute(name: string): Promise<number>;
  /** The start of that instant, or the only one, once it has its outcome. */
  outcome(name: string, dueMs?: number): Promise<StartRecord>;
  /** The first start for which it holds. */
  start(name: string, wanted: (record: StartRecord) => boolean): Promise<StartRecord>;
  rolloutOf(name: string, dueMs: number): string;
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
  const hosts = sshHosts({ tell: () => {} });
  const running = new Set<RunningService>();
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
      cron: '* * * * *',
      zone: 'UTC',
      mode: 'roll',
      narrow: { clusters: [], waves: [], nodes: [], limit: null, selector: '' },
      overlap: 'skip',
      catchUpMs: 0,
      onlyIf: null,
      fleetFile: simulation.files.fleetFile,
      origin: 'hand',
      by: 'tester',
      ...more,
    }),
    async scheduler(more = {}) {
      const parts = { schedules: more.store ?? schedules, scheduleQueue: queue, connectHost: hosts.connect };
      const service = await startScheduler({
        store,
        queues,
        connection,
        connectCluster: openCluster,
        control: shellControl,
        probes: httpProbes,
        clock,
        log: SILENT_LOG,
        jobLockMs: 1_000,
        schedules: { ...parts, probe: more.probe ?? probe, fleetFile: more.fleetFile ?? null, env: {} },
      });
      running.add(service);
      const stop = async (): Promise<void> => {
        running.delete(service);
        await service.stop();
      };
      return { stop };
    },
    async minute(name) {
      const dueMs = Math.ceil((clock.now() + 1) / 60_000) * 60_000;
      clock.jump(dueMs + 1 - clock.now());
      const job = await until(async () => (await raw.getDelayed()).find(each => each.repeatJobKey === name), 'a job');
      await job.promote();
      return dueMs;
    },
    start,
    outcome: (name, dueMs) =>
      start(name, record => record.outcome !== null && (dueMs === undefined || record.dueMs === dueMs)),
    rolloutOf: scheduledRolloutId,
  };
}

/** Asks until there is an answer. */
async function until<T>(ask: () => Promise<T | undefined>, what: string): Promise<T> {
  const late = AbortSignal.timeout(TIMEOUT_MS);
  for (;;) {
    const found = await ask();
    if (found !== undefined) return found;
    if (late.aborted) throw new Error(`${what}: did not come`);
    await new Promise(resolve => setTimeout(resolve, LOOK_MS));
  }
}
