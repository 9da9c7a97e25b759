import { once } from 'node:events';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Queue, Worker } from 'bullmq';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { TokenHashes } from '../../../services/api/access/token-hashes.ts';
import { newToken } from '../../../services/api/access/tokens.ts';
import type { ApiRollouts } from '../../../services/api/ports.ts';
import { buildServer, type ServerOptions } from '../../../services/api/server.ts';
import type { ServiceLog } from '../../../services/common/log.ts';
import type { AuditEntry } from '../../../shared/domain/access/audit.ts';
import type { Plan } from '../../../shared/domain/plan.ts';
import { RedisAuditLog } from '../../../shared/journal/audit-log.ts';
import { storeKeys } from '../../../shared/journal/keys.ts';
import { RedisSessionStore } from '../../../shared/journal/session-store.ts';
import { basic, tokenHolders } from '../../helpers/api-people.ts';
import { NO_ROLLOUTS, partsOf } from '../../helpers/api-server.ts';
import { testRedis } from '../../helpers/redis.ts';

type Headers = Readonly<Record<string, string>>;

const PASSWORD = 'correct horse';
const store = await testRedis();
const { holders, tokens } = tokenHolders({ alice: 'operator', victor: 'viewer', ada: 'admin' });
const { alice, victor, ada } = holders;

const open: { close(): Promise<unknown> }[] = [];
let made = 0;
let prefix = '';
let logged: string[] = [];
let queues: Queue[] = [];
let retries: string[] = [];

beforeEach(() => {
  made += 1;
  prefix = `${store.prefix}-${made}`;
  [logged, queues, retries] = [[], [], []];
});
afterEach(async () => {
  for (const each of open.splice(0).toReversed()) await each.close();
});

/** A rollout in which nothing happens. */
const ROLLOUTS: ApiRollouts = {
  ...NO_ROLLOUTS,
  plan: async () => ({}) as Plan,
  command: async () => ({ ok: true, note: 'paused' }),
  // oxlint-disable-next-line require-yield
  async *follow(_id, _after, signal) {
    await once(signal, 'abort');
  },
};

/** A server as a process of its own would be: only Redis is shared. */
async function serve(options: Partial<ServerOptions> = {}): Promise<FastifyInstance> {
  const say = (fields: object, text: string) => void logged.push(`${text} ${JSON.stringify(fields)}`);
  const log: ServiceLog = { info: say, warn: say, error: say };
  const redis = await store.connect('producer');
  const parts = {
    ...partsOf(ROLLOUTS),
    queues,
    retryStep: async (_: unknown, by: string) => ({ ok: retries.push(by) > 0, note: '' }),
    sessions: new RedisSessionStore(redis, prefix),
    audit: new RedisAuditLog(redis, prefix),
    attempts: { redis, prefix: storeKeys(prefix).attempts },
    log,
  };
  const app = await buildServer(parts, { host: '0.0.0.0', password: PASSWORD, tokens, ...options });
  open.push(app);
  return app;
}

/** Logs in; the headers by which one is known then. */
async function logIn(app: FastifyInstance, payload: object): Promise<Headers> {
  const answer = await app.inject({ method: 'POST', url: '/api/v1/session', payload });
  const [cookie] = answer.cookies;
  return { cookie: `${cookie?.name}=${cookie?.value}`, 'sec-fetch-site': 'same-origin' };
}

const status = async (app: FastifyInstance, headers: Headers, url = '/api/v1/me') =>
  (await app.inject({ url, headers })).statusCode;
const pause = (app: FastifyInstance, headers: Headers, body: object = { kind: 'pause' }) =>
  app.inject({ method: 'POST', url: '/api/v1/rollouts/r-1/commands', headers, payload: body });

async function keysLike(part: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const found of store.redis.scanStream({ match: `${prefix}:${part}*`, count: 1_000 })) keys.push(...found);
  return keys;
}

it('a log-in holds in every process, lives on with each request, and is over everywhere at once', async () => {
  const [one, other] = [await serve(), await serve()];
  const headers = await logIn(one, { token: alice.token });
  expect(await status(other, headers)).toBe(200);
  const [key = ''] = await keysLike('~session:');
  const lifeMs = 12 * 3_600_000;
  expect(await store.redis.pttl(key)).toBeGreaterThan(lifeMs - 60_000);
  await store.redis.pexpire(key, lifeMs / 2);
  expect(await status(other, headers)).toBe(200);
  expect(await store.redis.pttl(key)).toBeGreaterThan(lifeMs - 60_000);
  await store.redis.pexpire(key, 0);
  expect([await status(one, headers), await status(other, headers)]).toEqual([401, 401]);
  const again = await logIn(other, { token: alice.token });
  expect((await one.inject({ method: 'DELETE', url: '/api/v1/session', headers: again })).statusCode).toBe(200);
  expect([await status(other, again), await keysLike('~session:')]).toEqual([401, []]);
});

it('wrong secrets are counted over all processes, for a time', async () => {
  const attempts = { most: 4 };
  const [one, other] = [await serve({ attempts }), await serve({ attempts })];
  const wrong = basic('nodetide:wrong');
  const seen = [];
  for (const app of [one, other, one, other, one, other]) seen.push(await status(app, wrong));
  expect(seen).toEqual([401, 401, 401, 401, 429, 429]);
  expect(await status(other, basic(`nodetide:${PASSWORD}`))).toBe(429);
  expect(await status(other, alice.headers)).toBe(200);
  const [key = ''] = await keysLike('~attempts:');
  expect(await store.redis.pttl(key)).toBeGreaterThan(0);
  await store.redis.pexpire(key, 0);
  expect(await status(other, basic(`nodetide:${PASSWORD}`))).toBe(200);
});

it('a retry in Bull Board is done under the name of who asked, each under theirs', async () => {
  const connection = await store.connect();
  const queue = new Queue('drain', { connection, prefix });
  queues = [queue];
  const worker = new Worker('drain', () => Promise.reject(new Error('as told')), {
    connection,
    prefix,
    concurrency: 9,
  });
  open.push(queue, worker);
  const failed = new Promise<void>(resolve => {
    let count = 0;
    worker.on('failed', () => void ((count += 1) === 6 && resolve()));
  });
  const jobs = await queue.addBulk(Array.from({ length: 6 }, () => ({ name: 'n', data: {}, opts: { attempts: 1 } })));
  await failed;
  const app = await serve();
  const people = [alice, ada, alice, ada, alice, ada];
  const answers = await Promise.all(
    jobs.map(({ id }, n) =>
      app.inject({ method: 'PUT', url: `/queues/api/queues/drain/${id}/retry`, headers: people[n]?.headers ?? {} }),
    ),
  );
  expect(answers.map(({ statusCode }) => statusCode)).toEqual(people.map(() => 204));
  expect(retries.toSorted()).toEqual([...Array(3).fill('ada (Bull Board)'), ...Array(3).fill('alice (Bull Board)')]);
  const refused = {
    method: 'PUT',
    url: `/queues/api/queues/drain/${jobs[0]?.id}/retry`,
    headers: victor.headers,
  } as const;
  expect((await app.inject(refused)).statusCode).toBe(403);
});

it('every act is noted with who did it and what came of it, and nothing written holds a secret', async () => {
  const app = await serve();
  const headers = await logIn(app, { token: alice.token });
  const guess = newToken('alice', 'admin').token;
  await logIn(app, { token: guess });
  await logIn(app, { user: 'alice', password: guess });
  await logIn(app, { user: guess, password: 'x' });
  await status(app, basic(`nodetide:${guess}`), `/api/v1/me?token=${ada.token}`);
  await pause(app, headers, { kind: 'retry', cluster: 'eu-1', node: 'n1', why: 'because' });
  await pause(app, basic(`nodetide:${PASSWORD}`));
  await pause(app, victor.headers);
  await pause(app, ada.headers, { kind: 'no such thing', secret: alice.token });
  await app.inject({
    method: 'POST',
    url: `/api/v1/rollouts/${alice.token}/commands`,
    headers: ada.headers,
    payload: {},
  });
  await status(app, victor.headers, '/api/v1/audit');
  await app.inject({ method: 'DELETE', url: '/api/v1/session', headers });
  const list = async (query: string) =>
    (await app.inject({ url: `/api/v1/audit${query}`, headers: ada.headers })).json<{
      entries: AuditEntry[];
      last: string;
    }>();
  const { entries, last } = await list('');
  expect(entries.map(({ name, role, what, result }) => [name, role, what, result])).toEqual([
    ['alice', 'operator', 'log in', 'done'],
    ['unknown', null, 'log in', 'refused'],
    ['alice', null, 'log in', 'refused'],
    ['unknown', null, 'log in', 'refused'],
    ['nodetide', null, 'log in', 'refused'],
    ['alice', 'operator', 'retry eu-1/n1', 'done'],
    ['nodetide', 'admin', 'pause', 'done'],
    ['victor', 'viewer', 'command', 'refused'],
    ['ada', 'admin', 'command', 'refused'],
    ['ada', 'admin', 'command', 'refused'],
    ['victor', 'viewer', 'getAudit', 'refused'],
    ['alice', 'operator', 'log out', 'done'],
  ]);
  expect(entries[5]).toMatchObject({ address: '127.0.0.1', path: '/api/v1/rollouts/r-1/commands', note: '' });
  expect(entries[7]?.note).toBe('needs the role operator: victor is viewer');
  expect(logged.filter(line => line.startsWith('audit '))).toHaveLength(entries.length);
  expect((await list('?limit=2')).entries).toEqual(entries.slice(-2));
  expect((await list(`?limit=3&after=${entries[1]?.id}`)).entries).toEqual(entries.slice(2, 5));
  expect((await list('?after=')).entries).toEqual(entries);
  expect(await list(`?after=${last}`)).toEqual({ entries: [], last });

  const { cookie = '' } = headers;
  const secrets = [alice.token, ada.token, victor.token, guess, PASSWORD, cookie.split('=')[1] ?? ''];
  const written = [...logged, ...(await dump()), JSON.stringify(entries)].join('\n');
  expect(written.length).toBeGreaterThan(3_000);
  for (const secret of secrets) expect(written.includes(secret), secret).toBe(false);
});

it('refusals are noted only so many, and do not push out what was done', async () => {
  const app = await serve();
  await pause(app, alice.headers);
  for (let n = 0; n < 60; n++) await pause(app, victor.headers);
  await pause(app, alice.headers);
  const all = await new RedisAuditLog(store.redis, prefix).list(null, 1_000);
  const done = all.filter(({ result }) => result === 'done');
  expect([all.length, done.length]).toEqual([22, 2]);
});

it('the audit log keeps about as much as it should', async () => {
  const audit = new RedisAuditLog(store.redis, prefix);
  const record = { name: 'a', role: null, address: '::1', what: 'x', path: '/', result: 'done', note: '' } as const;
  await Promise.all(Array.from({ length: 10_600 }, () => audit.add(record)));
  expect(await store.redis.xlen(storeKeys(prefix).audit)).toBeLessThanOrEqual(10_100);
  expect(await audit.list(null, 3)).toHaveLength(3);
});

it('a stream ends for whom the token was revoked, and for nobody else', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'nodetide-revoked-'));
  const file = join(dir, 'tokens');
  const [gone, stays] = [newToken('gone', 'viewer'), newToken('stays', 'viewer')];
  await writeFile(file, `${gone.line}\n${stays.line}\n`);
  const read = await TokenHashes.open(file, { info() {}, warn() {}, error() {} }, { lookEveryMs: 0 });
  const app = await serve({ tokens: () => read.current(), lookEveryMs: 20, heartbeatMs: 20 });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const stop = new AbortController();
  const stream = async (token: string) => {
    const headers = { authorization: `Bearer ${token}`, accept: 'text/event-stream' };
    const { body } = await fetch(`${url}/api/v1/rollouts/r-1/events`, { headers, signal: stop.signal });
    return (body as NonNullable<typeof body>).getReader();
  };
  const [first, second] = [await stream(gone.token), await stream(stays.token)];
  await first.read();
  await writeFile(`${file}.new`, `${stays.line}\n`);
  await rename(`${file}.new`, file);
  const end = async () => {
    while (!(await first.read()).done);
  };
  await end().catch(() => 'cut off');
  // Heartbeats go on.
  for (let n = 0; n < 5; n++) expect((await second.read()).done).toBe(false);
  stop.abort();
  await second.cancel().catch(() => undefined);
  await rm(dir, { recursive: true });
});

/** Everything there is in this corner of Redis. */
async function dump(): Promise<string[]> {
  const { redis } = store;
  const keys = await keysLike('');
  const values = keys.map(async key => {
    const type = await redis.type(key);
    if (type === 'string') return await redis.get(key);
    if (type === 'hash') return await redis.hgetall(key);
    return type === 'stream' ? await redis.xrange(key, '-', '+') : type;
  });
  return [...keys, ...(await Promise.all(values)).map(value => JSON.stringify(value))];
}
