import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FlowProducer, Queue, QueueEvents, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { foldStatus } from '../../shared/domain/fold.ts';
import { STEPS } from '../../shared/domain/steps.ts';
import { connectRedis } from '../../shared/redis/client/connect.ts';
import { startEmbeddedRedis } from '../../shared/redis/server/embedded.ts';
import { type Bench, type Figure, quantile } from '../helpers/bench.ts';
import { TestEngine } from '../helpers/engine.ts';
import { tinyPlan } from '../helpers/plan.ts';
import { ScriptedSteps } from '../helpers/scripted-steps.ts';

const NODES = 300;
const CONCURRENCY = 50;
const IDLE_NODES = 12;

/**
 * The engine without the world: no-op steps, on a Redis of its own with AOF always. Measured against plain BullMQ jobs
 * on the same Redis in the same run.
 */
export const engineBench: Bench = {
  name: 'engine',
  run: async () => {
    const dir = await mkdtemp(join(tmpdir(), 'nodetide-bench-'));
    const server = await startEmbeddedRedis({ dir });
    const connections: Redis[] = [];
    const connect = async () => {
      const redis = await connectRedis(server.url, { role: 'worker' });
      connections.push(redis);
      return redis;
    };
    try {
      const plain = await plainJobs(await connect(), NODES * STEPS.length);
      const flows = await plainFlows(await connect(), NODES);
      const chains = await chainsThrough(connect);
      const idle = await idleGaps(connect);
      return [...figures(plain, flows, chains), ...idle];
    } finally {
      for (const redis of connections) redis.disconnect();
      await server.stop();
      await rm(dir, { recursive: true });
    }
  },
};

function figures(plain: number, flows: number, chains: { perSecond: number; bytes: number }): Figure[] {
  const stepsPerSecond = chains.perSecond * STEPS.length;
  return [
    { name: 'plain BullMQ jobs', value: plain, unit: 'jobs/s' },
    { name: 'plain BullMQ flows of six jobs', value: flows, unit: 'flows/s' },
    { name: 'chains through the engine', value: chains.perSecond, unit: 'chains/s' },
    { name: 'a step costs', value: plain / stepsPerSecond, unit: 'plain jobs', goal: 'at most 2' },
    { name: 'a chain costs', value: flows / chains.perSecond, unit: 'plain flows' },
    { name: 'Redis memory per chain', value: chains.bytes, unit: 'bytes' },
  ];
}

/** No-op jobs per second, added in bulk and worked off with the same concurrency as the engine's. */
async function plainJobs(connection: Redis, count: number): Promise<number> {
  const queue = new Queue('plain', { connection, prefix: 'plain' });
  const events = new QueueEvents('plain', { connection, prefix: 'plain' });
  await events.waitUntilReady();
  const drained = new Promise<void>(resolve => {
    let done = 0;
    events.on('completed', () => {
      done += 1;
      if (done === count) resolve();
    });
  });
  const worker = new Worker('plain', () => Promise.resolve(''), {
    connection,
    prefix: 'plain',
    concurrency: CONCURRENCY,
  });
  await worker.waitUntilReady();
  const from = performance.now();
  for (let at = 0; at < count; at += 500) {
    await queue.addBulk(Array.from({ length: Math.min(500, count - at) }, () => ({ name: 'job', data: {} })));
  }
  await drained;
  const seconds = (performance.now() - from) / 1000;
  await Promise.all([worker.close(), events.close(), queue.close()]);
  return count / seconds;
}

/** Flows of six nested no-op jobs per second, in the same six queues as a chain: what BullMQ alone takes. */
async function plainFlows(connection: Redis, count: number): Promise<number> {
  const prefix = 'flows';
  const producer = new FlowProducer({ connection, prefix });
  let done = 0;
  let finish: () => void = () => {};
  const all = new Promise<void>(resolve => {
    finish = resolve;
  });
  const workers = STEPS.map(step => {
    const options = { connection, prefix, concurrency: CONCURRENCY };
    return new Worker(step, () => Promise.resolve(''), options).on('completed', () => {
      if (step !== 'uncordon') return;
      done += 1;
      if (done === count) finish();
    });
  });
  await Promise.all(workers.map(worker => worker.waitUntilReady()));
  const flow = (at: number) => {
    let job: Parameters<FlowProducer['add']>[0] | null = null;
    for (const step of STEPS) job = { name: `${at} ${step}`, queueName: step, data: {}, children: job ? [job] : [] };
    if (!job) throw new Error('a chain has steps');
    return job;
  };
  const from = performance.now();
  const flows = Array.from({ length: count }, (_, at) => flow(at));
  for (let at = 0; at < count; at += CONCURRENCY) await producer.addBulk(flows.slice(at, at + CONCURRENCY));
  await all;
  const seconds = (performance.now() - from) / 1000;
  await Promise.all([...workers.map(worker => worker.close()), producer.close()]);
  return count / seconds;
}

async function usedMemory(redis: Redis): Promise<number> {
  return Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1]);
}

/** A wave of many nodes with no-op steps, from the rollout's start to its end. */
async function chainsThrough(connect: () => Promise<Redis>): Promise<{ perSecond: number; bytes: number }> {
  const redis = await connect();
  const engine = await TestEngine.start({ prefix: 'bench', connect });
  await engine.worker(new ScriptedSteps().steps(), CONCURRENCY);
  await engine.scheduler();
  const nodes = Array.from({ length: NODES }, (_, at) => `n${at}`);
  const plan = tinyPlan({ stages: { one: { a: [{ nodes, concurrency: CONCURRENCY }] } }, cluster: ANY_NUMBER });
  const before = await usedMemory(redis);
  const id = await engine.rollout(plan);
  const status = await engine.ended(id);
  const bytes = (await usedMemory(redis)) - before;
  await engine.stop();
  const seconds = ((status.endedAtMs ?? 0) - (status.startedAtMs ?? 0)) / 1000;
  return { perSecond: NODES / seconds, bytes: bytes / NODES };
}

const ANY_NUMBER = { maxUnavailable: { kind: 'number', value: NODES } } as const;

/** One node after another on an idle system: how long a chain stands still between a step's end and the next one's start. */
async function idleGaps(connect: () => Promise<Redis>): Promise<Figure[]> {
  const engine = await TestEngine.start({ prefix: 'idle', connect });
  await engine.worker(new ScriptedSteps().steps());
  await engine.scheduler();
  const nodes = Array.from({ length: IDLE_NODES }, (_, at) => `n${at}`);
  const plan = tinyPlan({ stages: { one: { a: [{ nodes }] } } });
  const id = await engine.rollout(plan);
  await engine.ended(id);
  const { nodes: statuses } = foldStatus(plan, id, await engine.store.events(id));
  await engine.stop();
  const gaps = Object.values(statuses).flatMap(node =>
    STEPS.slice(1).map((step, at) => {
      const ended = node.steps[STEPS[at] ?? step].endedAtMs ?? 0;
      return (node.steps[step].startedAtMs ?? 0) - ended;
    }),
  );
  return [
    { name: "from a step's end to the next one's start, p50", value: quantile(gaps, 0.5), unit: 'ms' },
    { name: "from a step's end to the next one's start, p99", value: quantile(gaps, 0.99), unit: 'ms' },
  ];
}
