import { appRoutes } from '@bull-board/api/dist/routes.js';
import { FlowProducer, type Job, Queue, Worker } from 'bullmq';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { StepOfNode } from '../../../services/api/board/queue.ts';
import { buildServer } from '../../../services/api/server.ts';
import { STEPS } from '../../../shared/domain/steps.ts';
import type { CommandAnswer } from '../../../shared/ports/store.ts';
import { NOTIFY_QUEUE } from '../../../shared/queue/notify-queue.ts';
import { PLANNING_QUEUE, SURVEY_QUEUE } from '../../../shared/queue/planning-queue.ts';
import { SCHEDULE_QUEUE } from '../../../shared/queue/schedule-queue.ts';
import { NO_ROLLOUTS, partsOf } from '../../helpers/api-server.ts';
import { testRedis } from '../../helpers/redis.ts';

const store = await testRedis();
const TREE = ['rollout', 'cluster', 'wave', 'slot'];
const NAMES = [...TREE, ...STEPS, SCHEDULE_QUEUE, PLANNING_QUEUE, SURVEY_QUEUE, NOTIFY_QUEUE];

const queues = new Map<string, Queue>();
let flows: FlowProducer;
let app: FastifyInstance;
let asked: StepOfNode[] = [];
let answer: CommandAnswer = { ok: true, note: '' };

function queue(name: string): Queue {
  const found = queues.get(name);
  if (!found) throw new Error(name);
  return found;
}

/** Adds a job and lets it end as told. */
async function endedJob(name: string, end: 'completed' | 'failed', data: object): Promise<Job> {
  const job = await queue(name).add('n', data, { attempts: 1 });
  const connection = await store.connect();
  const ended = new Promise<void>(resolve => {
    const worker: Worker = new Worker(
      name,
      async () => {
        if (end === 'failed') throw new Error('as told');
      },
      { connection, prefix: store.prefix },
    );
    const done = () => void worker.close().then(() => resolve());
    worker.on('completed', done).on('failed', done);
  });
  await ended;
  return job;
}

const call = (method: string, url: string, payload?: object) =>
  app.inject({ method: method.toUpperCase() as 'PUT', url, ...(payload && { payload }) });

beforeAll(async () => {
  const connection = await store.connect();
  for (const name of NAMES) queues.set(name, new Queue(name, { connection, prefix: store.prefix }));
  flows = new FlowProducer({ connection, prefix: store.prefix });
  app = await buildServer(
    {
      ...partsOf(NO_ROLLOUTS),
      queues: [...queues.values()],
      retryStep: async step => {
        asked.push(step);
        return answer;
      },
    },
    { host: '127.0.0.1' },
  );
});

beforeEach(() => {
  asked = [];
  answer = { ok: true, note: '' };
});

afterAll(async () => {
  await app.close();
  await flows.close();
  for (const each of queues.values()) await each.close();
});

describe('Bull Board', () => {
  it('serves its page', async () => {
    const page = await call('get', '/queues');
    expect(page.statusCode).toBe(200);
    expect(page.body).toContain('<base href="/queues/"');
  });

  it('lists every queue in the order of the tree', async () => {
    const { queues: listed } = (await call('get', '/queues/api/queues')).json<{ queues: { name: string }[] }>();
    expect(listed.map(each => each.name)).toEqual(NAMES);
  });

  it('says what each queue holds, and of those of steps alone that they do', async () => {
    type Listed = { name: string; description: string };
    const { queues: listed } = (await call('get', '/queues/api/queues')).json<{ queues: Listed[] }>();
    const isOfStep = ({ name, description }: Listed) => description === `The step ${name} of each node`;
    expect(listed.filter(isOfStep).map(({ name }) => name)).toEqual(STEPS);
    expect(new Set(listed.map(({ description }) => description)).size).toBe(NAMES.length);
  });

  const changing = new Set(['retry', 'promote']);
  const routes = appRoutes.api.flatMap(({ method, route }) =>
    [method].flat().flatMap(each => [route].flat().map(pattern => [each, pattern] as const)),
  );

  it('knows what the routes of this version are', () => {
    expect(routes.length).toBeGreaterThan(25);
  });

  for (const [method, pattern] of routes) {
    const allowed = method === 'get' || /^\/api\/queues\/:queueName\/:jobId\/(retry|promote)$/.test(pattern);
    it(`${allowed ? 'allows' : 'refuses'} ${method} ${pattern}`, async () => {
      const delayed = pattern.endsWith('/promote');
      const job = delayed
        ? await queue('drain').add('n', {}, { delay: 3_600_000 })
        : await endedJob('drain', 'failed', { rollout: 'r', cluster: 'c', node: 'n', round: 1 });
      const before = await dump();
      const url = pattern
        .replace(':queueName', 'drain')
        .replace(':jobId', String(job.id))
        .replace(':queueStatus', 'failed')
        .replace(':schedulerId', 's');
      const response = await call(method, `/queues${url}`, method === 'get' ? undefined : {});
      if (allowed) {
        expect(response.statusCode).toBeLessThan(300);
      } else {
        expect(response.statusCode).toBe(403);
        expect(response.json<{ message: string }>().message).toMatch(/^nodetide does not allow this here: /);
      }
      const word = pattern.split('/').at(-1) ?? '';
      if (!allowed || !changing.has(word)) expect(await dump()).toEqual(before);
    });
  }

  it('promotes one delayed job', async () => {
    const job = await queue('slot').add('s', {}, { delay: 3_600_000 });
    expect((await call('put', `/queues/api/queues/slot/${job.id}/promote`)).statusCode).toBe(204);
    expect(await job.getState()).toBe('waiting');
  });

  it('retries a failed step by the rules of its rollout', async () => {
    const data = { rollout: 'r', cluster: 'c', node: 'n', round: 2 };
    const job = await endedJob('reboot', 'failed', data);
    expect((await call('put', `/queues/api/queues/reboot/${job.id}/retry`)).statusCode).toBe(204);
    expect(asked).toEqual([{ ...data, step: 'reboot' }]);
    expect(await job.getState()).toBe('failed');
  });

  it('passes on why a retry is refused', async () => {
    answer = { ok: false, note: 'the rollout was aborted' };
    const job = await endedJob('verify', 'failed', {});
    const response = await call('put', `/queues/api/queues/verify/${job.id}/retry`);
    expect(response.statusCode).toBe(409);
    expect(response.json<{ message: string }>().message).toBe('the rollout was aborted');
  });

  it('retries a failed job of the tree with all its attempts', async () => {
    const job = await endedJob('wave', 'failed', {});
    expect((await call('put', `/queues/api/queues/wave/${job.id}/retry`)).statusCode).toBe(204);
    expect(asked).toEqual([]);
    const again = await queue('wave').getJob(String(job.id));
    expect([await again?.getState(), again?.attemptsMade]).toEqual(['waiting', 0]);
  });

  it.each(['drain', 'wave'])('refuses to retry a completed job of %s', async name => {
    const job = await endedJob(name, 'completed', {});
    expect((await call('put', `/queues/api/queues/${name}/${job.id}/retry`)).statusCode).toBe(403);
    expect([asked, await job.getState()]).toEqual([[], 'completed']);
  });

  it('shows a tree from the rollout down to the drain', async () => {
    type Flow = Parameters<FlowProducer['add']>[0];
    const root = [...TREE, ...STEPS.toReversed()].reduceRight<Flow[]>((children, name) => {
      return [{ name: `${name} of n`, queueName: name, prefix: store.prefix, opts: { jobId: `t_${name}` }, children }];
    }, [])[0] as Flow;
    await flows.add(root);
    const response = await call('get', '/queues/api/queues/drain/t_drain/flow');
    type Node = { name: string; children: Node[] };
    const seen: string[] = [];
    for (let at: Node | undefined = response.json<{ flowRoot: Node }>().flowRoot; at; at = at.children[0]) {
      seen.push(at.name);
    }
    expect(seen).toEqual([...TREE, ...STEPS.toReversed()].map(name => `${name} of n`));
  });
});

/** Everything the queues hold. */
async function dump(): Promise<Record<string, unknown>> {
  const counts = await Promise.all(
    NAMES.map(async name => [name, await queue(name).getJobCounts(), await queue(name).isPaused()] as const),
  );
  return Object.fromEntries(counts.map(([name, ...rest]) => [name, rest]));
}
