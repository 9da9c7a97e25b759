import type { FastifyInstance, InjectOptions } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newToken, sha256 } from '../../../services/api/access/tokens.ts';
import { buildServer } from '../../../services/api/server.ts';
import { routesOf } from '../../helpers/api-routes.ts';
import { NO_ROLLOUTS, partsOf } from '../../helpers/api-server.ts';

/** What each route answers to one who may ask; there are no rollouts. A route that is not here fails. */
const ANSWERS: Readonly<Record<string, number>> = {
  'GET /': 302,
  'GET /livez': 200,
  'GET /readyz': 200,
  'GET /api/v1/openapi.json': 200,
  'GET /api/v1/rollouts': 200,
  'GET /api/v1/rollouts/:id': 404,
  'GET /api/v1/rollouts/:id/plan': 404,
  'GET /api/v1/rollouts/:id/approvals': 404,
  'GET /api/v1/rollouts/:id/nodes/:cluster/:node': 404,
  'GET /api/v1/rollouts/:id/nodes/:cluster/:node/log': 404,
  'GET /api/v1/rollouts/:id/events': 404,
  'POST /api/v1/rollouts/:id/commands': 404,
  'GET /api/v1/engines': 200,
};

const HEALTH = ['/livez', '/readyz'];
const PASSWORD = 'pass word';
const made = newToken('alice');
const tokens = [{ name: 'alice', sha256: sha256(made.token) }];

/** Those of Bull Board are told by its own pattern; what they answer is its own test's. */
const isBoard = (route: string) => / \/queues(\/|$)/.test(route);

let guarded: { app: FastifyInstance; routes: string[] };
let open: FastifyInstance;

beforeAll(async () => {
  const parts = partsOf(NO_ROLLOUTS);
  guarded = await routesOf(() => buildServer(parts, { host: '0.0.0.0', password: PASSWORD, tokens }));
  open = await buildServer(parts, { host: '127.0.0.1' });
});
afterAll(async () => {
  await guarded.app.close();
  await open.close();
});

function ask(app: FastifyInstance, route: string, headers: Readonly<Record<string, string>>, query = '') {
  const [method = '', url = ''] = route.split(' ');
  const path = url.replaceAll(/:\w+/g, 'x').replace('*', 'x');
  const request: InjectOptions = {
    method: method as 'GET',
    url: path + query,
    headers: { host: 'localhost', ...headers },
  };
  const body = /^(GET|HEAD|OPTIONS)$/.test(method) ? {} : { payload: '{"kind":"pause"}' };
  return app.inject({ ...request, ...body, headers: { ...request.headers, 'content-type': 'application/json' } });
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });

/** Who asks, and whether they are let in. */
const ASKERS: readonly [string, Readonly<Record<string, string>>, boolean][] = [
  ['nobody', {}, false],
  ['a wrong token', bearer(newToken('alice').token), false],
  ['the hash of the token', bearer(sha256(made.token).toString('hex')), false],
  ['a wrong password', basic('nodetide:wrong'), false],
  ['the token', bearer(made.token), true],
  ['name and token', basic(`alice:${made.token}`), true],
  ['user and password', basic(`nodetide:${PASSWORD}`), true],
];

const FOREIGN: readonly Readonly<Record<string, string>>[] = [
  { origin: 'https://example.org' },
  { 'sec-fetch-site': 'cross-site' },
  { 'sec-fetch-site': 'same-site', origin: 'http://localhost' },
];

const guardedAgainstPages = (route: string) => route.includes(' /api/') || !/^(GET|HEAD|OPTIONS) /.test(route);
const isHealth = (route: string) => HEALTH.includes(route.split(' ')[1] ?? '');
const expected = (route: string) => ANSWERS[route.replace(/^HEAD /, 'GET ')];

describe('every route of the server', () => {
  it('has its row here', () => {
    const ours = guarded.routes.filter(route => !isBoard(route));
    expect(ours.filter(route => expected(route) === undefined)).toEqual([]);
    expect(Object.keys(ANSWERS).filter(route => !ours.includes(route))).toEqual([]);
    expect(guarded.routes.filter(isBoard).length).toBeGreaterThan(20);
  });

  it.each(ASKERS)('%s', async (_, headers, allowed) => {
    for (const route of guarded.routes) {
      const { statusCode, headers: answered } = await ask(guarded.app, route, headers);
      if (allowed || isHealth(route)) {
        if (isBoard(route)) expect([401, 500], route).not.toContain(statusCode);
        else expect(statusCode, route).toBe(expected(route));
      } else {
        expect(statusCode, route).toBe(401);
        expect(answered['content-type'], route).toBe('application/problem+json');
        expect(String(answered['www-authenticate']), route).toMatch(/Basic.*Bearer/);
      }
    }
  });

  it('takes no token from an address', async () => {
    for (const route of guarded.routes.filter(each => !isHealth(each))) {
      const { statusCode, body } = await ask(guarded.app, route, {}, `?access_token=${made.token}&token=${made.token}`);
      expect(statusCode, route).toBe(401);
      expect(body).not.toContain(made.token);
    }
  });

  it.each(FOREIGN)('refuses what pages of other sites may not ask, with the right token too: %j', async page => {
    for (const route of guarded.routes.filter(each => !isHealth(each))) {
      const refused = guardedAgainstPages(route);
      for (const app of [guarded.app, open]) {
        const { statusCode } = await ask(app, route, { ...bearer(made.token), ...page });
        if (refused) expect(statusCode, route).toBe(403);
        else if (!isBoard(route)) expect(statusCode, route).toBe(expected(route));
      }
    }
  });

  it('lets everybody on this machine in where neither password nor token is set, under no foreign name', async () => {
    for (const route of guarded.routes.filter(each => !isBoard(each))) {
      expect((await ask(open, route, {})).statusCode, route).toBe(expected(route));
      const foreign = await ask(open, route, { host: 'evil.example' });
      expect(foreign.statusCode, route).toBe(isHealth(route) ? expected(route) : 403);
    }
  });
});

describe('paths there are not', () => {
  it.each(['/api/v1/nowhere', '/api/v1/rollouts/x/nowhere', '/api/v2/rollouts', '/nowhere'])('%s', async path => {
    const get = `GET ${path}`;
    expect((await ask(guarded.app, get, {})).statusCode).toBe(401);
    expect((await ask(guarded.app, get, bearer(made.token))).statusCode).toBe(404);
    const refused = (await ask(open, get, { origin: 'https://example.org' })).statusCode;
    expect(refused).toBe(path.startsWith('/api/') ? 403 : 404);
  });

  it.each(['PUT', 'DELETE', 'PATCH', 'POST'])('%s of something that is only read', async method => {
    const { statusCode, body } = await ask(open, `${method} /api/v1/rollouts`, {});
    expect([statusCode, JSON.parse(body)]).toEqual([
      404,
      expect.objectContaining({ detail: `there is no ${method} /api/v1/rollouts` }),
    ]);
  });
});
