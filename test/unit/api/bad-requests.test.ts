import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildServer } from '../../../services/api/server.ts';
import { AnswerJudge, type ApiDocument } from '../../helpers/api-client.ts';
import { partsOf } from '../../helpers/api-server.ts';
import { tinyPlan } from '../../helpers/plan.ts';
import { WrittenRollouts } from '../../helpers/written-rollouts.ts';

const plan = tinyPlan({ stages: { dev: { a: [{ nodes: ['n1'] }] } } });
let rollouts: WrittenRollouts;
let away: string | null = null;
let app: FastifyInstance;
let judge: AnswerJudge;

interface ProblemBody {
  readonly type: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly errors?: readonly { readonly field: string; readonly message: string }[];
}

beforeAll(async () => {
  rollouts = new WrittenRollouts(plan);
  app = await buildServer(
    partsOf(rollouts, async () => away),
    { host: '127.0.0.1' },
  );
  judge = new AnswerJudge((await app.inject('/api/v1/openapi.json')).json<ApiDocument>());
});
beforeEach(() => {
  away = null;
  rollouts.commands.length = 0;
  rollouts.answer = { ok: true, note: 'as you say' };
});
afterAll(() => app.close());

/** Asks and judges the answer; returns the problem. */
async function problem(method: 'GET' | 'POST', path: string, payload?: string, type = 'application/json') {
  const url = `/api/v1${path}`;
  const answer = await app.inject({
    method,
    url,
    ...(payload !== undefined && { payload, headers: { 'content-type': type } }),
  });
  const body = answer.json<ProblemBody>();
  judge.judge(method, url, answer.statusCode, String(answer.headers['content-type']), body);
  expect(answer.headers['content-type']).toBe('application/problem+json');
  expect([body.status, body.instance]).toEqual([answer.statusCode, url.split('?')[0]]);
  expect(body.detail).toMatch(/^[^\n]+$/);
  return { ...body, kind: body.type.replace('urn:nodetide:problem:', '') };
}

const command = (body: unknown, type?: string) =>
  problem('POST', '/rollouts/r-1/commands', typeof body === 'string' ? body : JSON.stringify(body), type);

const NODE = { cluster: 'a', node: 'n1' };
const WAVE = { kind: 'concurrency', cluster: 'a', wave: 0, concurrency: 2 };
const NAME = 'expected a name of lower-case letters, digits, "-" and "."';

describe('a body that is wrong', () => {
  it.each<[string, unknown, string]>([
    ['is empty', {}, 'body.kind: expected one of pause, '],
    ['is a list', [], 'body: '],
    ['is text', '"pause"', 'body: '],
    ['is null', 'null', 'body: '],
    ['names no command', { kind: 'reboot' }, 'body.kind: expected one of pause, '],
    ['names one in capitals', { kind: 'PAUSE' }, 'body.kind: expected one of pause, '],
    ['names one by a number', { kind: 1 }, 'body.kind: expected one of pause, '],
    ['has a field too much', { kind: 'pause', force: true }, 'body.force: is not known here'],
    ['has a field of another command', { kind: 'pause', ...NODE }, 'body.cluster: is not known here; body.node: '],
    ['has who', { kind: 'pause', by: 'root' }, 'body.by: is not known here'],
    [
      'has a field with a long name',
      { kind: 'pause', ['x'.repeat(300)]: 1 },
      `body.${'x'.repeat(49)}…: is not known here`,
    ],
    ['lacks the node', { kind: 'skip', cluster: 'a' }, `body.node: ${NAME}`],
    ['lacks the cluster', { kind: 'retry', node: 'n1' }, `body.cluster: ${NAME}`],
    ['names a node in capitals', { kind: 'redo', ...NODE, node: 'N1' }, `body.node: ${NAME}`],
    ['names a node with a key in it', { kind: 'repaired', ...NODE, node: 'a/n1' }, `body.node: ${NAME}`],
    ['names a node by a list', { kind: 'exclude', ...NODE, node: ['n1'] }, `body.node: ${NAME}`],
    ['names no node', { kind: 'skip', ...NODE, node: '' }, `body.node: ${NAME}`],
    ['has a wave below 0', { ...WAVE, wave: -1 }, 'body.wave: expected a whole number from 0'],
    ['has half a wave', { ...WAVE, wave: 0.5 }, 'body.wave: expected a whole number from 0'],
    ['has a wave as text', { ...WAVE, wave: '0' }, 'body.wave: expected a whole number from 0'],
    ['has no concurrency', { ...WAVE, concurrency: 0 }, 'body.concurrency: expected a whole number from 1'],
    ['has a concurrency of null', { ...WAVE, concurrency: null }, 'body.concurrency: expected a whole number from 1'],
    ['has too much of it', { ...WAVE, concurrency: 1e9 }, 'body.concurrency: expected a whole number from 1'],
    [
      'has two errors',
      { ...WAVE, wave: -1, concurrency: 0 },
      'body.wave: expected a whole number from 0; body.concurrency: ',
    ],
    [
      'has a budget below 0',
      { kind: 'failure-budget', place: { of: 'rollout' }, budget: -1 },
      'body.budget: expected a whole',
    ],
    ['has a budget over nothing', { kind: 'failure-budget', budget: 1 }, 'body.place: expected what it holds over'],
    [
      'has a budget over a stage',
      { kind: 'failure-budget', place: { of: 'stage', stage: 's' }, budget: 1 },
      'body.place.of: ',
    ],
    [
      'has a place with too much',
      { kind: 'approve', place: { of: 'stage', stage: 's', wave: 1 } },
      'body.place.wave: is not known here',
    ],
    [
      'has a place with too little',
      { kind: 'revoke', place: { of: 'wave', cluster: 'a' } },
      'body.place.wave: expected a whole',
    ],
    ['approves the rollout', { kind: 'approve', place: { of: 'rollout' } }, 'body.place.of: expected where it is'],
    [
      'expires by text',
      { kind: 'approve', place: { of: 'stage', stage: 's' }, expiresAtMs: 'never' },
      'body.expiresAtMs: expected a moment',
    ],
    ['has why as a number', { kind: 'pause', why: 1 }, 'body.why: expected text'],
    ['has why on two lines', { kind: 'pause', why: 'a\nb' }, 'body.why: expected one line of text'],
    ['has why with a control character', { kind: 'pause', why: '\u001b[2J' }, 'body.why: expected one line of text'],
    ['has a long why', { kind: 'pause', why: 'x'.repeat(1_001) }, 'body.why: expected at most 1000 characters'],
    ['is no JSON', '{"kind":', 'body: '],
    ['is nothing', '', 'body: '],
    ['would change what objects are', '{"kind":"pause","__proto__":{"why":"x"}}', 'body: '],
  ])('%s', async (_, body, line) => {
    const { kind, detail } = await command(body);
    expect(detail.slice(0, line.length)).toBe(line);
    expect(kind).toBe('bad-request');
    expect(rollouts.commands).toEqual([]);
  });

  it('is not there', async () => {
    expect(await problem('POST', '/rollouts/r-1/commands')).toMatchObject({ kind: 'bad-request' });
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/jsonx'])(
    'is %s',
    async type => {
      expect(await command({ kind: 'pause' }, type)).toMatchObject({ kind: 'not-json' });
      expect(rollouts.commands).toEqual([]);
    },
  );

  it('is too large', async () => {
    expect(await command({ kind: 'pause', why: 'x'.repeat(20_000) })).toMatchObject({ kind: 'body-too-large' });
  });
});

describe('an address that is wrong', () => {
  it.each([
    ['/rollouts/r_1', 'bad-request', 'path.id: expected the id of a rollout'],
    ['/rollouts/r-1%3Ameta', 'bad-request', 'path.id: expected the id of a rollout'],
    ['/rollouts/r-2', 'unknown-rollout', 'there is no rollout r-2'],
    ['/rollouts/r-2/plan', 'unknown-rollout', 'there is no rollout r-2'],
    ['/rollouts/r-2/approvals', 'unknown-rollout', 'there is no rollout r-2'],
    ['/rollouts/r-2/events', 'unknown-rollout', 'there is no rollout r-2'],
    ['/rollouts/r-2/nodes/a/n1', 'unknown-rollout', 'there is no rollout r-2'],
    ['/rollouts/r-1/nodes/a/n9', 'unknown-node', 'rollout r-1 has no node a/n9'],
    ['/rollouts/r-1/nodes/b/n1/log', 'unknown-node', 'rollout r-1 has no node b/n1'],
    ['/rollouts/r-1/nodes/b/n1/log?round=1&step=drain', 'unknown-node', 'rollout r-1 has no node b/n1'],
    ['/rollouts/r-2/nodes/a/n1/log?round=1', 'unknown-rollout', 'there is no rollout r-2'],
    ['/rollouts/r-1/nodes/A/n1', 'bad-request', `path.cluster: ${NAME}`],
    ['/rollouts/r-1/nodes/a/n1/log?step=boot', 'bad-request', 'query.step: expected one of drain, '],
    ['/rollouts/r-1/nodes/a/n1/log?from=-1', 'bad-request', 'query.from: expected a whole number from 0'],
    ['/rollouts/r-1/nodes/a/n1/log?round=0', 'bad-request', 'query.round: expected a whole number from 1'],
    ['/rollouts/r-1?nodes=no', 'bad-request', 'query.nodes: expected true or false'],
    ['/rollouts/r-1?node=false', 'bad-request', 'query.node: is not known here'],
    ['/rollouts/r-1/events?limit=0', 'bad-request', 'query.limit: expected a whole number from 1 to 5000'],
    ['/rollouts/r-1/events?limit=many', 'bad-request', 'query.limit: expected a whole number from 1 to 5000'],
    ['/rollouts/r-1/events?after=yesterday', 'bad-request', 'query.after: expected the id of an event'],
    ['/rollouts/r-1/events?after=99999999999999999999-0', 'bad-request', 'query.after: expected the id of an event'],
    ['/rollouts/%', 'bad-request', 'path: '],
    [`/rollouts/r-1/nodes/a/${'n'.repeat(253)}`, 'unknown-node', 'rollout r-1 has no node a/n'],
    [`/rollouts/r-1/nodes/a/${'n'.repeat(254)}`, 'bad-request', 'path: '],
    ['/rollouts/r-1/events?after=1-0&after=2-0', 'bad-request', 'query.after: '],
  ])('%s', async (path, code, line) => {
    const { kind, detail } = await problem('GET', path);
    expect([kind, detail.slice(0, line.length)]).toEqual([code, line]);
  });

  it('has a wrong Last-Event-ID', async () => {
    const url = '/api/v1/rollouts/r-1/events';
    const answer = await app.inject({ url, headers: { 'last-event-id': 'x' } });
    expect(answer.json<ProblemBody>().detail).toMatch(/^header\.last-event-id: expected the id of an event/);
  });
});

describe('a command', () => {
  it.each([
    [{ kind: 'pause' }, ''],
    [{ kind: 'retry-all', why: 'übel → gut' }, 'übel → gut'],
    [{ kind: 'skip', ...NODE, why: 'x'.repeat(1_000) }, 'x'.repeat(1_000)],
    [WAVE, ''],
    [{ kind: 'failure-budget', place: { of: 'wave', cluster: 'a', wave: 0 }, budget: 0 }, ''],
    [{ kind: 'approve', place: { of: 'canary', cluster: 'a', wave: 1 }, expiresAtMs: 5 }, ''],
  ])('is carried out as it was sent: %j', async (body, why) => {
    const answer = await app.inject({ method: 'POST', url: '/api/v1/rollouts/r-1/commands', payload: body });
    expect([answer.statusCode, answer.json()]).toEqual([200, { note: 'as you say' }]);
    const { why: _, ...sent } = body as typeof body & { why?: string };
    expect(rollouts.commands).toEqual([{ command: sent, by: 'local', why }]);
  });

  it('expires never unless it says when', async () => {
    const place = { of: 'stage', stage: 'dev' };
    await app.inject({ method: 'POST', url: '/api/v1/rollouts/r-1/commands', payload: { kind: 'approve', place } });
    expect(rollouts.commands[0]?.command).toEqual({ kind: 'approve', place, expiresAtMs: null });
  });

  it('that is refused is a conflict, with the reason', async () => {
    rollouts.answer = { ok: false, note: 'a/n1 has not failed' };
    expect(await command({ kind: 'retry', ...NODE })).toMatchObject({
      kind: 'command-refused',
      status: 409,
      detail: 'a/n1 has not failed',
    });
  });

  it('to a rollout there is none of goes nowhere', async () => {
    expect(await problem('POST', '/rollouts/r-2/commands', '{"kind":"pause"}')).toMatchObject({
      kind: 'unknown-rollout',
    });
    expect(rollouts.commands).toEqual([]);
  });
});

describe('a failure inside', () => {
  const broken = () => Promise.reject(new Error('Command timed out'));
  it.each([
    ['Redis does not answer: Command timed out', 'not-ready'],
    [null, 'internal'],
  ])('with %j is %s, everywhere', async (reason, code) => {
    away = reason;
    const { list, plan: read, events, engines, durations, command: act } = rollouts;
    Object.assign(rollouts, {
      list: broken,
      plan: broken,
      events: broken,
      engines: broken,
      durations: broken,
      command: broken,
    });
    try {
      const paths = Object.keys(judge.document.paths).map(path =>
        path.replace('/api/v1', '').replace('{id}', 'r-1').replace('{cluster}', 'a').replace('{node}', 'n1'),
      );
      // What hosts need is asked of planners' stores.
      const ours = paths.filter(each => /^\/(rollouts|engines|overview|clusters)/.test(each) && !each.endsWith('/due'));
      for (const path of ours) {
        const answer = path.endsWith('/commands') ? await command({ kind: 'pause' }) : await problem('GET', path);
        expect([answer.kind, answer.detail], path).toEqual([
          code,
          reason ?? 'an error that is not known; the log of the server tells more',
        ]);
      }
    } finally {
      Object.assign(rollouts, { list, plan: read, events, engines, durations, command: act });
    }
  });
});
