import { DEFAULT_RETENTION } from '../../../shared/domain/retention.ts';
import type { StepName } from '../../../shared/domain/steps.ts';
import { STEPS } from '../../../shared/domain/steps.ts';
import type { Clock } from '../../../shared/ports/clock.ts';
import type { ClusterConnector } from '../../../shared/ports/connect.ts';
import type { Control } from '../../../shared/ports/control.ts';
import type { EngineStore } from '../../../shared/ports/engine-store.ts';
import type { Notifier } from '../../../shared/ports/notifier.ts';
import type { PackageManager } from '../../../shared/ports/packages.ts';
import type { Probes } from '../../../shared/ports/probe.ts';
import type { Step } from '../../../shared/ports/step.ts';
import type { Queues } from '../../../shared/queue/queues.ts';
import type { Tracing } from '../../../shared/telemetry/tracing.ts';
import type { StepOfNode } from '../../api/main.ts';
import type { ServiceLog } from '../../common/log.ts';
import { planningDesk } from '../../common/planning/desk.ts';
import type { HostPool, HostProbe } from '../../common/planning/probe.ts';
import { type RedisTroubles, redisTroubles } from '../../common/redis-troubles.ts';
import { schedulesOf } from '../../common/schedules.ts';
import { steer } from '../../common/steer.ts';
import { toldStore } from '../../common/told-store.ts';
import type { PlanningParts, ScheduleParts } from '../../scheduler/main.ts';
import type {
  ApiOptions,
  RedisPlace,
  Running,
  RunningApi,
  SchedulerOptions,
  Session,
  WorkerOptions,
} from '../wiring.ts';
import { openAccess } from './access.ts';
import { openMetrics } from './metrics.ts';
import { openNotify } from './notify.ts';
import { type OpenRedis, openRedis, type RedisConnection } from './open-redis.ts';
import { rolloutsOf } from './rollouts.ts';

/** Begins every key in Redis. */
const PREFIX = 'nodetide';
const DEFAULT_CONCURRENCY = 50;
const SURVEY_EVERY_MS = 6 * 3_600_000;

/** What sessions are made of; factories load what they need when called. */
export interface SessionParts {
  readonly clock: Clock;
  readonly log: ServiceLog;
  /** The part this process plays, for traces: `worker`. */
  readonly service: string;
  readonly clusters: () => Promise<ClusterConnector>;
  /** `tell`: hears what a person should know. */
  readonly hosts: (tell: (text: string) => void) => Promise<HostPool>;
  readonly control: () => Promise<Control>;
  readonly probes: () => Promise<Probes>;
  readonly notifier: () => Promise<Notifier>;
  readonly managers: () => Promise<readonly PackageManager[]>;
  readonly steps: (names: readonly StepName[]) => Promise<readonly Step[]>;
  readonly probe: () => Promise<HostProbe>;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The Redis of a session; what its connections suffer is told by one. */
interface SessionRedis extends OpenRedis {
  readonly troubles: RedisTroubles;
  readonly log: ServiceLog;
  /** null: nothing is traced. */
  readonly tracing: Tracing | null;
}

/** Opens the Redis of a place, with everything that can be made on it. */
export async function openSession(place: RedisPlace, parts: SessionParts): Promise<Session> {
  const opened = await openRedis(place, text => parts.log.warn({}, text));
  const { log, clock, env } = parts;
  const tracing = await traceIfAsked(env, parts.service);
  const redis: SessionRedis = { ...opened, log, tracing, troubles: redisTroubles(log, () => clock.now()) };
  try {
    const asked = await openStore(redis, 'producer');
    const follower = await openStore(redis, 'worker');
    const kept = await openSchedules(asked.connection, redis);
    const { RedisSurveyStore } = await import('../../../shared/journal/survey-store.ts');
    const { outbox } = await openNotify(asked.connection, PREFIX, redis.troubles.heard);
    return {
      where: redis.where,
      ownsRedis: redis.own,
      answers: () => answers(asked.connection),
      rollouts: rolloutsOf(asked.store, follower.store, asked.queues),
      notifications: { list: () => outbox.list() },
      planning: null,
      schedules: schedulesOf(kept.schedules, kept.scheduleQueue, () => asked.store.now()),
      surveys: new RedisSurveyStore(asked.connection, PREFIX),
      startScheduler: options => startScheduler(redis, parts, options),
      startWorker: options => startWorker(redis, parts, options),
      startApi: options => startApi(redis, parts, options),
      close: async () => {
        await kept.scheduleQueue.close();
        await asked.queues.close();
        await follower.queues.close();
        await tracing?.stop();
        await redis.close();
      },
    };
  } catch (error) {
    await tracing?.stop();
    await redis.close();
    throw error;
  }
}

async function answers(connection: RedisConnection): Promise<boolean> {
  return connection.ping().then(
    () => true,
    () => false,
  );
}

async function traceIfAsked(env: SessionParts['env'], service: string): Promise<Tracing | null> {
  const { startTracing } = await import('../../../shared/telemetry/tracing.ts');
  return startTracing(env, service);
}

/** The store and the queues on a connection of their own. */
async function openStore(redis: SessionRedis, role: 'producer' | 'worker') {
  const [{ RedisStore }, { Queues }] = await Promise.all([
    import('../../../shared/journal/store.ts'),
    import('../../../shared/queue/queues.ts'),
  ]);
  const connection = await redis.connect(role);
  const { heard, ready } = redis.troubles;
  connection.on('ready', ready);
  const store = toldStore(new RedisStore(connection, PREFIX), redis.log);
  const tracing = redis.tracing ? { telemetry: redis.tracing.telemetry } : {};
  return { connection, store, queues: new Queues(connection, PREFIX, heard, tracing) };
}

async function startScheduler(redis: SessionRedis, parts: SessionParts, options?: SchedulerOptions): Promise<Running> {
  const { log, clock } = parts;
  const service = await import('../../scheduler/main.ts');
  const opened = await openStore(redis, 'worker');
  const { schedules, keep = DEFAULT_RETENTION, ...lock } = options ?? {};
  const { RedisRetention } = await import('../../../shared/journal/retention-store.ts');
  const retention = { store: new RedisRetention(opened.connection, PREFIX), keep };
  const kept = schedules && (await scheduleParts(redis, parts, opened.connection, schedules));
  const { outbox, openQueue } = await openNotify(opened.connection, PREFIX, redis.troubles.heard);
  const notifyQueue = openQueue();
  const running = await service.startScheduler({
    ...opened,
    ...lock,
    retention,
    ...(kept && { schedules: kept.parts, planning: kept.planning }),
    notify: { outbox, notifyQueue, notifier: await parts.notifier(), random: Math.random },
    log,
    clock,
    connectCluster: await parts.clusters(),
    control: await parts.control(),
    probes: await parts.probes(),
  });
  const stop = async (): Promise<void> => {
    await running.stop();
    await notifyQueue.close();
    await kept?.close();
  };
  return thenClosing({ stop }, opened.queues);
}

/** Schedules and their queue on a connection that is there. */
async function openSchedules(connection: RedisConnection, { troubles }: SessionRedis) {
  const [{ RedisScheduleStore }, { ScheduleQueue }] = await Promise.all([
    import('../../../shared/journal/schedule-store.ts'),
    import('../../../shared/queue/schedule-queue.ts'),
  ]);
  return {
    schedules: new RedisScheduleStore(connection, PREFIX),
    scheduleQueue: new ScheduleQueue(connection, PREFIX, troubles.heard),
  };
}

/** Drafts, surveys and the queue they are asked for by, on a connection that is there. */
async function openPlanning(connection: RedisConnection, { troubles }: SessionRedis) {
  const [{ RedisDraftStore }, { RedisPlannerStore }, { RedisSurveyStore }, { PlanningQueue }] = await Promise.all([
    import('../../../shared/journal/draft-store.ts'),
    import('../../../shared/journal/planner-store.ts'),
    import('../../../shared/journal/survey-store.ts'),
    import('../../../shared/queue/planning-queue.ts'),
  ]);
  return {
    drafts: new RedisDraftStore(connection, PREFIX),
    planners: new RedisPlannerStore(connection, PREFIX),
    surveys: new RedisSurveyStore(connection, PREFIX),
    planningQueue: new PlanningQueue(connection, PREFIX, troubles.heard),
  };
}

/** What a scheduler begins the rollouts of schedules with, and makes plans for others with if it has a fleet file. */
async function scheduleParts(
  redis: SessionRedis,
  { env, ...parts }: SessionParts,
  connection: RedisConnection,
  { fleetFile, surveyEveryMs = SURVEY_EVERY_MS }: NonNullable<SchedulerOptions['schedules']>,
): Promise<{ parts: ScheduleParts; planning: PlanningParts | undefined; close(): Promise<void> }> {
  const openHosts = () => parts.hosts(text => parts.log.warn({}, text));
  const [opened, asked, hosts, probe] = await Promise.all([
    openSchedules(connection, redis),
    openPlanning(connection, redis),
    openHosts(),
    parts.probe(),
  ]);
  const planning = { ...asked, openHosts, probe, env, surveyEveryMs };
  return {
    parts: { ...opened, connectHost: hosts.connect, probe, env, fleetFile },
    planning: fleetFile === null ? undefined : { ...planning, fleetFile },
    close: async () => {
      await Promise.all([opened.scheduleQueue.close(), asked.planningQueue.close()]);
      await hosts.close();
    },
  };
}

async function startWorker(redis: SessionRedis, parts: SessionParts, options: WorkerOptions): Promise<Running> {
  const { log, clock } = parts;
  const service = await import('../../workers/main.ts');
  const opened = await openStore(redis, 'worker');
  const hosts = await parts.hosts(text => parts.log.warn({}, text));
  const running = await service.startWorker({
    ...opened,
    log,
    clock,
    connectCluster: await parts.clusters(),
    connectHost: hosts.connect,
    control: await parts.control(),
    probes: await parts.probes(),
    managers: await parts.managers(),
    random: Math.random,
    steps: await parts.steps(options.steps ?? STEPS),
    concurrency: options.concurrency ?? DEFAULT_CONCURRENCY,
    jobLockMs: options.jobLockMs,
  });
  const stop = async (): Promise<void> => {
    await running.stop();
    await hosts.close();
  };
  return thenClosing({ stop }, opened.queues);
}

async function startApi(redis: SessionRedis, { log, clock }: SessionParts, options: ApiOptions): Promise<RunningApi> {
  const service = await import('../../api/main.ts');
  const { connection, store, queues } = await openStore(redis, 'producer');
  const retryStep = retryOf(store, queues);
  const notReady = () =>
    connection.ping().then(
      () => null,
      (error: unknown) => `Redis does not answer: ${String(error)}`,
    );
  // Its connection gives up on a Redis that is gone: an event stream then ends, and who reads it knows.
  const rollouts = rolloutsOf(store, store, queues);
  const [{ schedules, scheduleQueue }, asked] = await Promise.all([
    openSchedules(connection, redis),
    openPlanning(connection, redis),
  ]);
  const kept = schedulesOf(schedules, scheduleQueue, () => store.now());
  const overview = { surveys: () => asked.surveys.surveys(), schedules: () => kept.list() };
  const planning = planningDesk({ ...asked, store, queues, schedules: kept });
  const notifyQueue = (await openNotify(connection, PREFIX, redis.troubles.heard)).openQueue();
  const shown = [...queues.all(), scheduleQueue.queue, ...asked.planningQueue.all(), notifyQueue.queue];
  const access = await openAccess(connection, PREFIX);
  const from = { connection, prefix: PREFIX, rollouts, surveys: asked.surveys, queues: shown, clock, log, notReady };
  const { metrics, stop: stopMetrics } = await openMetrics(from);
  const answers = { rollouts, overview, planning, ...access, metrics, log };
  const api = await service.startApi({ queues: shown, retryStep, ...answers, notReady }, options);
  const stop = async (): Promise<void> => {
    await api.stop();
    stopMetrics();
    await Promise.all([notifyQueue.close(), scheduleQueue.close(), asked.planningQueue.close()]);
  };
  return { ...api, ...thenClosing({ stop }, queues) };
}

/** Retries a failed step as Bull Board asks for it, unless its node has gone on. */
function retryOf(store: EngineStore, queues: Queues) {
  return async ({ rollout, cluster, node, round, step }: StepOfNode, by: string) => {
    const record = await store.node(rollout, cluster, node);
    const current = record?.round === round && record.step === step;
    if (!current) return { ok: false, note: `${cluster}/${node} has gone on since: this job belongs to the past` };
    return steer(store, queues, rollout, { kind: 'retry', cluster, node }, by, '');
  };
}

function thenClosing(running: Running, queues: Queues): Running {
  return {
    async stop() {
      try {
        await running.stop();
      } finally {
        await queues.close();
      }
    },
  };
}
