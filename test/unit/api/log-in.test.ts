import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import { type KnownToken, newToken, sha256 } from '../../../services/api/access/tokens.ts';
import { buildServer, type ServerOptions } from '../../../services/api/server.ts';
import { basic, onePerRole } from '../../helpers/api-people.ts';
import { KeptSessions, NO_ROLLOUTS, partsOf } from '../../helpers/api-server.ts';

type Headers = Readonly<Record<string, string>>;

const PASSWORD = 'correct horse';
const { holders, tokens } = onePerRole();
const PAGE = { 'sec-fetch-site': 'same-origin' };
const COMMAND = { method: 'POST', url: '/api/v1/rollouts/r-1/commands', payload: { kind: 'pause' } } as const;

const apps: FastifyInstance[] = [];
afterEach(async () => {
  await Promise.all(apps.splice(0).map(app => app.close()));
});

async function serve(options: Partial<ServerOptions> = {}, sessions = new KeptSessions()): Promise<FastifyInstance> {
  const parts = { ...partsOf(NO_ROLLOUTS), sessions };
  const app = await buildServer(parts, { host: '0.0.0.0', password: PASSWORD, tokens, ...options });
  apps.push(app);
  return app;
}

const logIn = (app: FastifyInstance, payload: object, headers: Headers = {}) =>
  app.inject({ method: 'POST', url: '/api/v1/session', payload, headers });

/** The header that brings the cookies of an answer back. */
function cookieOf(answer: Awaited<ReturnType<typeof logIn>>): Headers {
  expect(answer.statusCode).toBe(200);
  return { ...PAGE, cookie: answer.cookies.map(({ name, value }) => `${name}=${value}`).join('; ') };
}

const me = async (app: FastifyInstance, headers: Headers) => {
  const answer = await app.inject({ url: '/api/v1/me', headers });
  return answer.statusCode === 200 ? answer.json<{ name: string; role: string }>() : answer.statusCode;
};

describe('a log-in', () => {
  it('gives a cookie no page can read, by which one is known until one logs out', async () => {
    const app = await serve();
    const answer = await logIn(app, { token: holders.operator.token });
    expect(answer.json()).toEqual({ name: 'operator', role: 'operator', auth: 'required', session: true });
    expect(answer.cookies).toEqual([
      {
        name: 'nodetide_session',
        value: expect.stringMatching(/^[\w-]{43}$/),
        path: '/',
        httpOnly: true,
        sameSite: 'Strict',
      },
    ]);
    const cookie = cookieOf(answer);
    expect(await me(app, cookie)).toEqual(answer.json());
    expect((await app.inject({ ...COMMAND, headers: cookie })).statusCode).toBe(404);
    const out = await app.inject({ method: 'DELETE', url: '/api/v1/session', headers: cookie });
    expect([out.statusCode, out.cookies[0]?.value, out.cookies[0]?.maxAge]).toEqual([200, '', 0]);
    expect(await me(app, cookie)).toBe(401);
  });

  it.each([
    ['a token', { token: holders.viewer.token }, 'viewer'],
    ['name and token', { user: 'viewer', password: holders.viewer.token }, 'viewer'],
    ['user and password', { user: 'nodetide', password: PASSWORD }, 'admin'],
  ])('is made with %s', async (_, payload, role) => {
    const answer = await logIn(await serve(), payload);
    expect([answer.statusCode, answer.json<{ role: string }>().role]).toEqual([200, role]);
  });

  it.each([
    ['a wrong token', { token: newToken('viewer', 'viewer').token }, 401],
    ['the password as a token', { token: PASSWORD }, 401],
    ['the token of another', { user: 'admin', password: holders.viewer.token }, 401],
    ['a token and a password', { token: holders.viewer.token, user: 'viewer', password: 'x' }, 400],
    ['nothing', {}, 400],
    ['an empty token', { token: '' }, 400],
    ['a secret too long', { token: 'x'.repeat(2_000) }, 400],
    ['a body too large', { token: 'x'.repeat(10_000) }, 413],
  ])('is refused with %s, and no cookie is set', async (_, payload, status) => {
    const answer = await logIn(await serve(), payload);
    expect([answer.statusCode, answer.cookies]).toEqual([status, []]);
    if (status === 401) expect(String(answer.headers['www-authenticate'])).toContain('Bearer');
  });

  it('is known to every process, and kept in a form that lets nobody in', async () => {
    const sessions = new KeptSessions();
    const [one, other] = [await serve({}, sessions), await serve({}, sessions)];
    const answer = await logIn(one, { user: 'nodetide', password: PASSWORD });
    expect(await me(other, cookieOf(answer))).toMatchObject({ name: 'nodetide' });
    const kept = JSON.stringify([...sessions.kept]);
    const secrets = [answer.cookies[0]?.value ?? '', PASSWORD, sha256(PASSWORD).toString('hex')];
    for (const secret of secrets) expect(kept).not.toContain(secret);
    // What is kept, given as an id.
    for (const key of sessions.kept.keys()) expect(await me(other, { cookie: `nodetide_session=${key}` })).toBe(401);
    await other.inject({ method: 'DELETE', url: '/api/v1/session', headers: cookieOf(answer) });
    expect(await me(one, cookieOf(answer))).toBe(401);
  });

  it('ends when its token is revoked, and may what the token may now', async () => {
    const token = newToken('alice', 'admin').token;
    let known: KnownToken[] = [{ name: 'alice', role: 'admin', sha256: sha256(token) }];
    const app = await serve({ tokens: async () => known });
    const cookie = cookieOf(await logIn(app, { token }));
    known = known.map(each => ({ ...each, role: 'viewer' }));
    expect(await me(app, cookie)).toMatchObject({ name: 'alice', role: 'viewer' });
    expect((await app.inject({ ...COMMAND, headers: cookie })).statusCode).toBe(403);
    // Another token of the same name is not what it was opened with.
    known = [{ name: 'alice', role: 'admin', sha256: sha256('another') }];
    expect(await me(app, cookie)).toBe(401);
  });

  it('is the same as its token, of which the last line counts', async () => {
    const token = newToken('alice', 'admin').token;
    const line = { name: 'alice', sha256: sha256(token) };
    const known: KnownToken[] = [
      { ...line, role: 'admin' },
      { ...line, role: 'viewer' },
    ];
    const app = await serve({ tokens: async () => known });
    const cookie = cookieOf(await logIn(app, { token }));
    const bearer = { authorization: `Bearer ${token}` };
    expect([await me(app, bearer), await me(app, cookie)]).toMatchObject([{ role: 'viewer' }, { role: 'viewer' }]);
  });

  it('ends when the password is changed', async () => {
    const sessions = new KeptSessions();
    const cookie = cookieOf(await logIn(await serve({}, sessions), { user: 'nodetide', password: PASSWORD }));
    expect(await me(await serve({ password: 'another' }, sessions), cookie)).toBe(401);
  });

  it('does not make a wrong header good', async () => {
    const app = await serve();
    const cookie = cookieOf(await logIn(app, { token: holders.viewer.token }));
    expect(await me(app, { ...cookie, authorization: 'Bearer wrong' })).toBe(401);
  });
});

describe('a page that asks with the cookie', () => {
  it.each([
    ['says it is ours', PAGE, 404],
    ['is ours, in an older browser', { origin: 'http://tide.example:7070' }, 404],
    ['says nothing', {}, 403],
    ['is of another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }, 403],
    ['is of another site, in an older browser', { origin: 'https://evil.example' }, 403],
    ['is of another port', { 'sec-fetch-site': 'same-site', origin: 'http://tide.example:9090' }, 403],
  ])('%s', async (_, page, status) => {
    const app = await serve();
    const { cookie = '' } = cookieOf(await logIn(app, { token: holders.operator.token }));
    const headers = { host: 'tide.example:7070', cookie, ...page };
    expect((await app.inject({ ...COMMAND, headers })).statusCode).toBe(status);
  });

  it('need not be one: a program with a token says nothing of pages', async () => {
    const answer = await (await serve()).inject({ ...COMMAND, headers: holders.operator.headers });
    expect(answer.statusCode).toBe(404);
  });

  it('cannot log somebody in from another site', async () => {
    const answer = await logIn(await serve(), { token: holders.viewer.token }, { 'sec-fetch-site': 'cross-site' });
    expect([answer.statusCode, answer.cookies]).toEqual([403, []]);
  });
});

describe('wrong secrets', () => {
  const wrong = { headers: basic('nodetide:wrong') };
  const attempts = { most: 3 };
  const right = basic(`nodetide:${PASSWORD}`);

  it.each([
    ['in a header', (app: FastifyInstance) => app.inject({ url: '/api/v1/me', ...wrong })],
    ['in a header of the queues', (app: FastifyInstance) => app.inject({ url: '/queues', ...wrong })],
    [
      'as a bearer',
      (app: FastifyInstance) => app.inject({ url: '/api/v1/me', headers: { authorization: 'Bearer x' } }),
    ],
    ['of no known kind', (app: FastifyInstance) => app.inject({ url: '/api/v1/me', headers: { authorization: 'x' } })],
    ['at log-in', (app: FastifyInstance) => logIn(app, { user: 'nodetide', password: 'wrong' })],
  ])('%s are few, and then the password does not help either, but a token does', async (_, attempt) => {
    const app = await serve({ attempts });
    for (let n = 0; n < attempts.most; n++) expect((await attempt(app)).statusCode).toBe(401);
    const refused = await attempt(app);
    expect([refused.statusCode, refused.json<{ type: string }>().type]).toEqual([
      429,
      'urn:nodetide:problem:too-many-attempts',
    ]);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(await me(app, right)).toBe(429);
    expect((await logIn(app, { user: 'nodetide', password: PASSWORD })).statusCode).toBe(429);
    expect(await me(app, holders.viewer.headers)).toMatchObject({ name: 'viewer' });
    expect((await logIn(app, { token: holders.viewer.token })).statusCode).toBe(200);
    const elsewhere = { url: '/api/v1/me', headers: right, remoteAddress: '192.0.2.9' };
    expect((await app.inject(elsewhere)).statusCode).toBe(200);
  });

  it('sent all at once are no more', async () => {
    const app = await serve({ attempts });
    const guesses = Array.from({ length: 30 }, (_, n) => (n === 20 ? PASSWORD : `guess ${n}`));
    const answers = await Promise.all(guesses.map(each => me(app, basic(`nodetide:${each}`))));
    expect(answers.filter(answer => answer === 401)).toHaveLength(attempts.most);
    expect(answers.filter(answer => answer === 429)).toHaveLength(guesses.length - attempts.most);
  });

  it('are none where nothing was given, or a log-in is over', async () => {
    const app = await serve({ attempts });
    for (let n = 0; n < 5; n++)
      expect([await me(app, {}), await me(app, { cookie: 'nodetide_session=x' })]).toEqual([401, 401]);
    expect(await me(app, right)).toMatchObject({ name: 'nodetide' });
  });

  it('are none where streams end whose token was revoked', async () => {
    const gone = newToken('gone', 'viewer').token;
    let known: KnownToken[] = [{ name: 'gone', role: 'viewer', sha256: sha256(gone) }];
    const app = await serve({ attempts: { most: 2 }, tokens: async () => known, lookEveryMs: 5 });
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    const headers = { authorization: `Bearer ${gone}`, accept: 'text/event-stream' };
    const streams = await Promise.all([1, 2, 3].map(() => fetch(`${url}/api/v1/overview`, { headers })));
    expect(streams.map(({ status }) => status)).toEqual([200, 200, 200]);
    known = [];
    await Promise.all(streams.map(stream => expect(stream.text()).rejects.toThrow()));
    expect((await fetch(`${url}/api/v1/me`, { headers: right })).status).toBe(200);
  });

  it('of others at the same address do not end the stream of whom the password let in', async () => {
    const app = await serve({ attempts, tickMs: 10, lookEveryMs: 5 });
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    const stop = new AbortController();
    const stream = await fetch(`${url}/api/v1/overview`, {
      headers: { ...right, accept: 'text/event-stream' },
      signal: stop.signal,
    });
    for (let n = 0; n <= attempts.most; n++) await app.inject({ url: '/api/v1/me', ...wrong });
    expect(await me(app, right)).toBe(429);
    const reader = stream.body?.getReader();
    for (let n = 0; n < 8; n++) expect((await reader?.read())?.done).toBe(false);
    stop.abort();
  });

  it('of a network of IPv6 are counted together', async () => {
    const app = await serve({ attempts: { most: 1 } });
    const from = async (remoteAddress: string) =>
      (await app.inject({ url: '/api/v1/me', ...wrong, remoteAddress })).statusCode;
    expect([await from('2001:db8::1'), await from('2001:db8::2'), await from('2001:db8:1::1')]).toEqual([
      401, 429, 401,
    ]);
  });
});

describe('streams of one person', () => {
  it('are counted only as long as somebody reads them, also when they go before they are let in', async () => {
    let open = () => {};
    const gate = new Promise<void>(resolve => {
      open = resolve;
    });
    let asked = 0;
    const app = await serve({
      tokens: async () => {
        asked += 1;
        await gate;
        return tokens();
      },
    });
    let left = 0;
    app.server.on('request', (_, response: ServerResponse) => void response.once('close', () => (left += 1)));
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    const stop = new AbortController();
    const headers = { ...holders.viewer.headers, accept: 'text/event-stream' };
    const follow = (signal: AbortSignal) => fetch(`${url}/api/v1/overview`, { headers, signal });
    const gone = Array.from({ length: 100 }, () => expect(follow(stop.signal)).rejects.toThrow('aborted'));
    await expect.poll(() => asked).toBe(100);
    stop.abort();
    await Promise.all(gone);
    await expect.poll(() => left).toBe(100);
    open();
    const last = new AbortController();
    expect((await follow(last.signal)).status).toBe(200);
    last.abort();
  });
});

describe('a page that is not logged in', () => {
  it.each([
    ['our page', { 'sec-fetch-mode': 'cors' }, false],
    ['our page, without TLS', { accept: 'application/json' }, false],
    ['an event stream of it, without TLS', { accept: 'text/event-stream' }, false],
    ['an address that is opened', { 'sec-fetch-mode': 'navigate', accept: 'text/html,*/*;q=0.8' }, true],
    ['an address that is opened, without TLS', { accept: 'text/html,application/xml;q=0.9,*/*;q=0.8' }, true],
    ['a program', { accept: '*/*' }, true],
  ])('is not asked for user and password by its browser: %s', async (_, headers, asked) => {
    const answer = await (await serve()).inject({ url: '/api/v1/me', headers });
    const bearer = 'Bearer realm="nodetide"';
    const basic = 'Basic realm="nodetide", charset="UTF-8"';
    expect([answer.headers['www-authenticate']].flat()).toEqual(asked ? [basic, bearer] : [bearer]);
  });
});
