import { afterEach, expect, it } from 'vitest';
import type { OverviewSources } from '../../../services/api/ports.ts';
import { fail } from '../../../shared/domain/failures/catalogue.ts';
import { NOT_NARROWED } from '../../../shared/domain/plan-build/narrow.ts';
import type { StoredSchedule } from '../../../shared/domain/schedule.ts';
import type { RolloutStatus } from '../../../shared/domain/status.ts';
import type { NodeDue } from '../../../shared/domain/survey/survey.ts';
import type { Overview } from '../../../shared/domain/view/overview.ts';
import { ApiClient } from '../../helpers/api-client.ts';
import { tokenHolders } from '../../helpers/api-people.ts';
import { type ListeningApi, listen, partsOf, rolloutsOf } from '../../helpers/api-server.ts';
import { testEngines } from '../../helpers/engines.ts';
import { EventReader } from '../../helpers/event-reader.ts';
import { tinyPlan } from '../../helpers/plan.ts';
import { ScriptedSteps } from '../../helpers/scripted-steps.ts';

const DUE: NodeDue = {
  cluster: 'a',
  node: 'n1',
  wave: 0,
  atMs: 5,
  failure: 'no answer',
  updates: null,
  rebootDue: null,
  rebootReason: '',
  runningKernel: null,
  newestKernel: null,
  bootedAtMs: null,
  patchedAtMs: null,
};
const SCHEDULE: StoredSchedule = {
  name: 'nightly',
  cron: '0 2 * * *',
  zone: 'UTC',
  mode: 'roll',
  narrow: NOT_NARROWED,
  policy: null,
  overlap: 'skip',
  catchUpMs: 0,
  onlyIf: null,
  fleetFile: '/f.yaml',
  origin: 'file',
  by: 'me',
};
const OF_CLUSTER = ['/clusters/a/nodes/n2/history', '/clusters/a/durations'];
/** Looked at where planners are. */
const OF_PLANNERS = ['post /api/v1/rollouts 200', 'get /api/v1/clusters/{cluster}/due 200'];
const engines = await testEngines();
const servers: ListeningApi[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map(server => server.stop()));
});

/** An engine with nobody at work, its API, and a token of an operator for each name. */
async function served(...names: readonly string[]) {
  const engine = await engines();
  const { holders, tokens } = tokenHolders(Object.fromEntries(names.map(name => [name, 'operator'])));
  const server = await listen(partsOf(rolloutsOf(engine)), names.length > 0 ? { tokens } : {});
  servers.push(server);
  const headers = Object.values(holders).map(each => each.headers);
  const clients = await Promise.all(
    (headers.length > 0 ? headers : [{}]).map(each => ApiClient.open(server.url, each)),
  );
  return { engine, server, headers, clients, client: clients[0] as ApiClient };
}

it('tells a rollout from its beginning to its end, as described, and acts on it', async () => {
  const { engine, client, server } = await served();
  const steps = new ScriptedSteps();
  steps.on('n2', 'upgrade', () =>
    Promise.reject(fail('step-timeout', { message: 'it took too long', seen: 'nothing' })),
  );
  const id = await engine.rollout(
    tinyPlan({ stages: { dev: { a: [{ nodes: ['n1', 'n2'] }], b: [{ nodes: ['n3'] }] } } }),
  );
  const reads = [
    '/picture',
    '',
    '?nodes=false',
    '/picture',
    '/plan',
    '/approvals',
    '/events',
    '/report',
    '/nodes/a/n2',
    '/nodes/a/n2/log',
    '/nodes/a/n2/log?step=drain',
  ];
  const lookAround = async () => {
    for (const path of [...reads.map(each => `/rollouts/${id}${each}`), '/overview', ...OF_CLUSTER])
      expect((await client.get(path)).status, path).toBe(200);
  };
  await lookAround();

  const reader = await EventReader.open(`${server.url}/api/v1/rollouts/${id}/events`);
  await engine.scheduler();
  await engine.worker(steps.steps());
  await reader.until(({ events }) => events.some(event => event.type === 'step-failed'));
  await lookAround();
  const failed = await client.get(`/rollouts/${id}/nodes/a/n2`);
  expect(failed.body).toMatchObject({ state: 'failed', steps: { upgrade: { failure: { code: 'step-timeout' } } } });
  const { rows } = (
    (await client.get(`/rollouts/${id}/nodes/a/n2/log?step=upgrade`)).body['steps'] as { rows: string[] }[]
  )[0] ?? { rows: [] };
  expect(rows.join('\n')).toContain('it took too long');
  expect((await client.get('/engines')).body['engines']).toHaveLength(2);

  expect((await client.get('/overview')).body).toMatchObject({
    clusters: [{ name: 'a', away: [{ node: 'n2', step: 'upgrade' }], rollout: id }, { name: 'b' }],
    rollouts: [{ id, state: 'running', endedAtMs: null }],
    waiting: [{ kind: 'failed', rollout: id, node: 'n2', failure: { code: 'step-timeout' } }],
  });

  steps.on('n2', 'upgrade', null);
  const retry = { kind: 'retry', cluster: 'a', node: 'n2', why: 'the mirror is back' };
  expect((await client.command(id, retry)).status).toBe(200);
  await reader.until(({ events }) => events.some(event => event.type === 'rollout-ended'));
  await lookAround();
  expect((await client.get(`/rollouts/${id}`)).body).toEqual(JSON.parse(JSON.stringify(await engine.status(id))));
  expect(reader.events).toEqual(await engine.store.events(id));
  expect(reader.events).toContainEqual(expect.objectContaining({ type: 'node-retried', by: 'local', why: retry.why }));
  expect((await client.command(id, { kind: 'pause' })).status).toBe(409);
  expect((await client.get('/rollouts')).body['rollouts']).toMatchObject([{ id, state: 'done', nodes: { done: 3 } }]);
  const ended = (await engine.store.events(id)).find(({ type }) => type === 'rollout-ended')?.atMs;
  const { clusters, rollouts, waiting } = (await client.get('/overview')).body as unknown as Overview;
  expect([rollouts[0]?.endedAtMs, clusters.map(each => each.lastDoneAtMs), waiting]).toEqual([
    ended,
    [ended, ended],
    [],
  ]);
  expect((await client.get('/clusters/a/nodes/n2/history')).body['rollouts']).toMatchObject([
    { rollout: id, state: 'done', outcome: 'done', rounds: 1 },
  ]);
  expect((await client.get('/clusters/a/nodes/n9/history')).body['rollouts']).toEqual([]);
  reader.cut();
  const { judged, document } = client.judge;
  const about = Object.entries(document.paths).filter(([path]) =>
    /^\/api\/v1\/(rollouts|engines|overview|clusters)/.test(path),
  );
  const all = about.flatMap(([path, methods]) => Object.keys(methods).map(each => `${each} ${path} 200`));
  expect(all.filter(each => !judged.has(each)).toSorted()).toEqual(OF_PLANNERS.toSorted());
});

it('tells of surveys and schedules, as described', async () => {
  const engine = await engines();
  const started = { kind: 'started', rollout: 'r-1', note: '' } as const;
  const start = { dueMs: 1, by: '', begunAtMs: 2, waitsFor: '', outcome: started };
  const sources: OverviewSources = {
    surveys: async () => [
      { fleet: 'f', fleetFile: '/f.yaml', cluster: 'a', stage: 'dev', atMs: 5, nodes: [{ ...DUE, failure: '' }, DUE] },
    ],
    schedules: async () => [
      { schedule: SCHEDULE, nextMs: 9, starts: [start, { ...start, outcome: null }] },
      {
        schedule: { ...SCHEDULE, name: 'other', narrow: { ...NOT_NARROWED, clusters: ['b'] } },
        nextMs: null,
        starts: [],
      },
    ],
  };
  const server = await listen({ ...partsOf(rolloutsOf(engine)), overview: sources });
  servers.push(server);
  const client = await ApiClient.open(server.url);
  expect((await client.get('/overview')).body).toMatchObject({
    clusters: [{ name: 'a', due: { asked: 2, unreachable: 1 }, nextStart: { schedule: 'nightly', atMs: 9 } }],
    schedules: [
      { name: 'nightly', clusters: ['a'], starts: [{ outcome: started }, { outcome: null }] },
      { name: 'other', clusters: ['b'] },
    ],
  });
});

it('tells what waits for a word, and whose word it was', async () => {
  const { engine, client } = await served();
  const id = await engine.rollout(tinyPlan({ stages: { dev: { a: [{ nodes: ['n1'] }] } } }));
  const stage = { of: 'stage', stage: 'dev' } as const;
  const canary = { of: 'canary', cluster: 'a', wave: 0 } as const;
  await engine.store.tell(id, { type: 'approval-wanted', place: stage, reason: 'before stage dev' });
  await engine.store.tell(id, { type: 'approval-wanted', place: canary, reason: 'after the first node' });
  await engine.store.tell(id, { type: 'approved', place: stage, by: 'alice', why: 'go', expiresAtMs: 5 });
  expect((await client.get(`/rollouts/${id}/approvals`)).body['approvals']).toMatchObject([
    { place: stage, state: 'given', by: 'alice', why: 'go', expiresAtMs: 5 },
    { place: canary, state: 'wanted', by: '', expiresAtMs: null },
  ]);
  await engine.store.tell(id, { type: 'node-held', cluster: 'a', node: 'n1', reason: 'not Ready' });
  await engine.store.waiting(id, { cluster: 'a', wave: 0, slot: 's1' }, ['alerts: one fires']);
  await client.command(id, { kind: 'pause', why: 'an alert' });
  const { waiting } = (await client.get('/overview')).body as unknown as Overview;
  expect(waiting.map(({ kind }) => kind).toSorted()).toEqual(['approval', 'blocked', 'held', 'paused']);
});

it('gives the journal in pieces that fit together', async () => {
  const { engine, client } = await served();
  const id = await engine.rollout(tinyPlan({ stages: { dev: { a: [{ nodes: ['n1'] }] } } }));
  for (const what of ['1', '2', '3', '4', '5', '6']) await engine.store.tell(id, { type: 'mended', what });
  const pieces: unknown[] = [];
  for (let [after, more] = ['', true]; more; ) {
    const { body } = await client.get(`/rollouts/${id}/events?limit=3&after=${after}`);
    pieces.push(...(body['events'] as unknown[]));
    [after, more] = [body['last'] as string, body['more'] as boolean];
  }
  expect(pieces).toEqual(await engine.store.events(id));
  const { body: acts } = await client.get(`/rollouts/${id}/events?acts=true`);
  expect(acts['events']).toEqual((await engine.store.events(id)).filter(event => 'by' in event));
  expect(acts['last']).toBe((await engine.store.events(id)).at(-1)?.id);
  expect(pieces).toHaveLength(7);
});

it('lets two act on one rollout at the same time: each act lands once, and each sees what the other did', async () => {
  const { engine, server, headers, clients } = await served('alice', 'bob');
  const nodes = Array.from({ length: 12 }, (_, at) => `n${at}`);
  const id = await engine.rollout(tinyPlan({ stages: { dev: { a: [{ nodes, concurrency: 2 }] } } }));
  const url = `${server.url}/api/v1/rollouts/${id}/events`;
  const readers = await Promise.all(headers.map(each => EventReader.open(url, each)));
  const acts = [
    ...nodes.map(node => ({ kind: 'skip', cluster: 'a', node })),
    { kind: 'concurrency', cluster: 'a', wave: 0, concurrency: 5 },
    { kind: 'pause' },
  ];
  const answers = await Promise.all(acts.map(act => Promise.all(clients.map(client => client.command(id, act)))));
  for (const pair of answers) {
    expect(pair.map(each => each.status)).toEqual([200, 200]);
    expect(pair.filter(each => String(each.body['note']).startsWith('already'))).toHaveLength(1);
  }

  const told = (await engine.store.events(id)).slice(1);
  expect(told.filter(event => event.type === 'concurrency-changed')).toHaveLength(1);
  expect(told.filter(event => event.type === 'rollout-paused')).toHaveLength(1);
  const skips = told.flatMap(event => ('node' in event ? [event.node] : []));
  expect(new Set(skips)).toEqual(new Set(nodes));
  for (const reader of readers) {
    await reader.until(({ events }) => events.length > told.length);
    expect(reader.events.slice(1)).toEqual(told);
    reader.cut();
  }
  const statuses = await Promise.all(clients.map(client => client.get(`/rollouts/${id}`)));
  for (const { body } of statuses) {
    expect((body as unknown as RolloutStatus).counts.skipped).toBe(nodes.length);
    expect(body['state']).toBe('paused');
  }
});
