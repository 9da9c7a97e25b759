import { fileURLToPath } from 'node:url';
import type { FastifyInstance, InjectOptions } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newToken, sha256 } from '../../../services/api/access/tokens.ts';
import { buildServer } from '../../../services/api/server.ts';
import { type Role, roleAllows } from '../../../shared/domain/access/role.ts';
import { basic, onePerRole } from '../../helpers/api-people.ts';
import { ROUTE_TABLE } from '../../helpers/api-route-table.ts';
import { routesOf } from '../../helpers/api-routes.ts';
import { NO_ROLLOUTS, partsOf } from '../../helpers/api-server.ts';

type Headers = Readonly<Record<string, string>>;

/** A page as the build makes it. */
const PAGE = { pageDir: fileURLToPath(new URL('../../fixtures/page/', import.meta.url)) };
const PASSWORD = 'pass word';
const { holders, tokens } = onePerRole();
const { viewer, operator, admin } = holders;

let guarded: FastifyInstance;
let open: FastifyInstance;
let routes: string[];

beforeAll(async () => {
  const parts = partsOf(NO_ROLLOUTS);
  // Wrong secrets are given to each route.
  const options = { ...PAGE, host: '0.0.0.0', password: PASSWORD, tokens, attempts: { most: 100_000 } };
  const built = await routesOf(() => buildServer(parts, options));
  guarded = built.app;
  routes = [...new Set(built.routes)];
  open = await buildServer(parts, { ...PAGE, host: '127.0.0.1' });
});
afterAll(async () => {
  await guarded.close();
  await open.close();
});

function ask(app: FastifyInstance, route: string, headers: Headers, query = '') {
  const [method = '', url = ''] = route.split(' ');
  const request: InjectOptions = {
    method: method as 'GET',
    url: url.replaceAll(/:\w+/g, 'x').replace('*', 'x') + query,
    headers: { host: 'localhost', ...headers },
  };
  if (isHarmless(route)) return app.inject(request);
  const payload = url.endsWith('/commands') ? '{"kind":"pause"}' : '{}';
  return app.inject({ ...request, payload, headers: { ...request.headers, 'content-type': 'application/json' } });
}

type Answer = Awaited<ReturnType<typeof ask>>;

const isHarmless = (route: string) => /^(GET|HEAD|OPTIONS) /.test(route);
const row = (route: string) => ROUTE_TABLE[route.replace(/^HEAD /, 'GET ')] ?? (['admin', 0] as const);
const problemOf = (answer: Answer) =>
  answer.headers['content-type'] === 'application/problem+json' && answer.body !== ''
    ? (JSON.parse(answer.body) as { type: string; detail: string })
    : null;

/** Cookies of somebody who logs in. */
async function logIn(app: FastifyInstance, body: object): Promise<Headers> {
  const answer = await app.inject({ method: 'POST', url: '/api/v1/session', payload: body });
  expect(answer.statusCode).toBe(200);
  const cookie = answer.cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
  return { cookie, 'sec-fetch-site': 'same-origin' };
}

/** Who asks, and what they may do; null: nobody. */
const ASKERS: readonly (readonly [string, () => Headers | Promise<Headers>, Role | null])[] = [
  ['nobody', () => ({}), null],
  ['a wrong token', () => ({ authorization: `Bearer ${newToken('admin', 'admin').token}` }), null],
  ['the hash of a token', () => ({ authorization: `Bearer ${sha256(admin.token).toString('hex')}` }), null],
  ['a wrong password', () => basic('nodetide:wrong'), null],
  ['a session there is not', () => ({ cookie: 'nodetide_session=x' }), null],
  ['a viewer', () => viewer.headers, 'viewer'],
  ['an operator', () => operator.headers, 'operator'],
  ['an admin', () => admin.headers, 'admin'],
  ['name and token of an operator', () => basic(`operator:${operator.token}`), 'operator'],
  ['user and password', () => basic(`nodetide:${PASSWORD}`), 'admin'],
  ['a viewer who logged in', () => logIn(guarded, { token: viewer.token }), 'viewer'],
  ['somebody who logged in with the password', () => logIn(guarded, { user: 'nodetide', password: PASSWORD }), 'admin'],
];

const FOREIGN: readonly Headers[] = [
  { origin: 'https://example.org' },
  { 'sec-fetch-site': 'cross-site' },
  { 'sec-fetch-site': 'same-site', origin: 'http://localhost' },
];

describe('every route of the server', () => {
  it('has its row in the table, and no other has', () => {
    const named = routes.filter(route => !route.startsWith('HEAD ') || !routes.includes(route.replace('HEAD', 'GET')));
    expect(named.map(route => route.replace(/^HEAD /, 'GET ')).toSorted()).toEqual(Object.keys(ROUTE_TABLE).toSorted());
  });

  it.each(ASKERS)('%s', async (_, headersOf, role) => {
    const headers = await headersOf();
    for (const route of routes.filter(each => each !== 'DELETE /api/v1/session')) {
      const [needed, status] = row(route);
      const answer = await ask(guarded, route, headers);
      const problem = problemOf(answer);
      if (needed === 'open' || (role !== null && roleAllows(role, needed))) {
        expect(answer.statusCode, route).toBe(status);
        expect(problem?.type ?? '', route).not.toMatch(/unauthorised|forbidden/);
      } else if (role === null) {
        expect([answer.statusCode, answer.headers['content-type']], route).toEqual([401, 'application/problem+json']);
        expect(String(answer.headers['www-authenticate']), route).toMatch(/Basic.*Bearer/);
      } else {
        expect([answer.statusCode, answer.headers['content-type']], route).toEqual([403, 'application/problem+json']);
        if (route.startsWith('HEAD ')) continue;
        expect(problem?.type, route).toBe('urn:nodetide:problem:forbidden');
        expect(problem?.detail, route).toContain(`needs the role ${needed}`);
      }
    }
  });

  it('takes no token from an address', async () => {
    for (const route of routes.filter(each => row(each)[0] !== 'open')) {
      const { statusCode, body } = await ask(guarded, route, {}, `?access_token=${admin.token}&token=${admin.token}`);
      expect(statusCode, route).toBe(401);
      expect(body).not.toContain(admin.token);
    }
  });

  it.each(FOREIGN)('refuses what pages of other sites may not ask, with the right token too: %j', async page => {
    for (const route of routes.filter(each => row(each)[0] !== 'open' || !isHarmless(each))) {
      const refused = route.includes(' /api/') || !isHarmless(route);
      for (const app of [guarded, open]) {
        const { statusCode } = await ask(app, route, { ...admin.headers, ...page });
        expect(statusCode, route).toBe(refused ? 403 : row(route)[1]);
      }
    }
  });

  it('lets everybody on this machine in where neither password nor token is set, under no foreign name', async () => {
    for (const route of routes) {
      const [needed, status] = row(route);
      expect((await ask(open, route, {})).statusCode, route).toBe(status);
      const foreign = await ask(open, route, { host: 'evil.example' });
      expect(foreign.statusCode, route).toBe(needed === 'open' && isHarmless(route) ? status : 403);
    }
  });
});

describe('a route that says no role', () => {
  it('keeps the server from starting', async () => {
    const app = await buildServer(partsOf(NO_ROLLOUTS), { host: '127.0.0.1' });
    app.get('/forgotten', () => 'secret');
    await expect(async () => app.ready()).rejects.toThrow('GET /forgotten');
    await app.close();
  });
});

describe('paths there are not', () => {
  it.each(['/api/v1/nowhere', '/api/v1/rollouts/x/nowhere', '/api/v2/rollouts', '/queues/no/where'])(
    '%s is told only to who may ask',
    async path => {
      const get = `GET ${path}`;
      expect((await ask(guarded, get, {})).statusCode).toBe(401);
      expect((await ask(guarded, get, viewer.headers)).statusCode).toBe(404);
      const refused = (await ask(open, get, { origin: 'https://example.org' })).statusCode;
      expect(refused).toBe(path.startsWith('/api/') ? 403 : 404);
    },
  );

  it('elsewhere are the page, or hold nothing that is worth a key', async () => {
    expect((await ask(guarded, 'GET /rollouts/r-1', {})).body).toContain('<!doctype html>');
    expect((await ask(guarded, 'GET /nowhere.js', {})).statusCode).toBe(404);
    expect((await ask(guarded, 'PUT /nowhere', {})).statusCode).toBe(404);
  });

  it.each(['PUT', 'DELETE', 'PATCH', 'POST'])('%s of something that is only read', async method => {
    const { statusCode, body } = await ask(open, `${method} /api/v1/engines`, {});
    expect([statusCode, JSON.parse(body)]).toEqual([
      404,
      expect.objectContaining({ detail: `there is no ${method} /api/v1/engines` }),
    ]);
  });
});
