import { onTestFinished } from 'vitest';
import { SILENT_LOG } from '../../services/common/log.ts';
import type { RunningService } from '../../services/common/running.ts';
import { steer } from '../../services/common/steer.ts';
import { startScheduler } from '../../services/scheduler/main.ts';
import type { WorldSpec } from '../../services/simulator/main.ts';
import { startWorker, stepsNamed } from '../../services/workers/main.ts';
import { shellControl } from '../../shared/control/shell.ts';
import type { Command } from '../../shared/domain/command.ts';
import type { RolloutEvent } from '../../shared/domain/events.ts';
import { foldStatus } from '../../shared/domain/fold.ts';
import type { Plan } from '../../shared/domain/plan.ts';
import type { RolloutStatus } from '../../shared/domain/status.ts';
import { STEPS } from '../../shared/domain/steps.ts';
import { sshHosts } from '../../shared/hosts/ssh/connector.ts';
import { RedisStore } from '../../shared/journal/store.ts';
import { openCluster } from '../../shared/kubernetes/open.ts';
import { PACKAGE_MANAGERS } from '../../shared/packages/managers.ts';
import type { Step } from '../../shared/ports/step.ts';
import { httpProbes } from '../../shared/probes/http.ts';
import { Queues } from '../../shared/queue/queues.ts';
import { systemClock } from '../../shared/telemetry/clock.ts';
import { planOf } from './chaos.ts';
import { type Changes, editFleet } from './edit-fleet.ts';
import type { TestRedis } from './redis.ts';
import { kickstart, type TestSimulation } from './simulation.ts';

/** A rollout of a simulated world within this process: the real steps over real SSH and the real client, on a shared Redis. */
export interface SimulatedRollout extends TestSimulation {
  readonly id: string;
  readonly plan: Plan;
  readonly store: RedisStore;
  scheduler(): Promise<RunningService>;
  /** `change`: what is run instead of each step. */
  worker(change?: (step: Step) => Step): Promise<RunningService>;
  command(command: Command): Promise<string>;
  /** The first event, old or new, that is `wanted`. */
  event(wanted: (event: RolloutEvent) => boolean): Promise<RolloutEvent>;
  status(): Promise<RolloutStatus>;
}

/** Starts the world and creates the rollout; nobody carries it yet. All of it ends with the test. */
export async function simulatedRollout(
  redis: TestRedis,
  world: WorldSpec,
  changes: Changes = {},
): Promise<SimulatedRollout> {
  const simulation = await kickstart(world);
  await editFleet(simulation.files.fleetFile, changes);
  const plan = await planOf(simulation.files.fleetFile);
  const connection = await redis.connect();
  const { prefix } = redis;
  const [store, queues] = [new RedisStore(connection, prefix), new Queues(connection, prefix, () => {})];
  const id = `r-${Math.random().toString(36).slice(2, 8)}`;
  const created = await store.create(id, plan, 'tester', false);
  if (!created.ok) throw new Error(`cluster ${created.cluster} is held`);
  const hosts = sshHosts();
  const running: RunningService[] = [];
  const ending = new AbortController();
  onTestFinished(async () => {
    ending.abort();
    await Promise.all(running.map(each => each.stop()));
    await hosts.close();
    await queues.close();
    await simulation.close();
  });
  const parts = {
    ...{ store, queues, connection, control: shellControl, probes: httpProbes, clock: systemClock },
    ...{ connectCluster: openCluster, log: SILENT_LOG },
  };
  const kept = (service: RunningService): RunningService => {
    running.push(service);
    return service;
  };
  return {
    ...{ ...simulation, id, plan, store },
    scheduler: async () => kept(await startScheduler(parts)),
    worker: async (change = step => step) => {
      const steps = stepsNamed(STEPS).map(change);
      const own = { connectHost: hosts.connect, managers: PACKAGE_MANAGERS, random: () => 0.5, steps, concurrency: 50 };
      return kept(await startWorker({ ...parts, ...own }));
    },
    command: async command => (await steer(store, queues, id, command, 'tester', '')).note,
    event: async wanted => {
      for await (const event of store.follow(id, '', ending.signal)) if (wanted(event)) return event;
      throw new Error('the test is over');
    },
    status: async () => foldStatus(plan, id, await store.events(id)),
  };
}
