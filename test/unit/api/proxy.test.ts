import type { FastifyInstance } from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import { type ProxyOptions, parseProxyRoles, TrustedProxy } from '../../../services/api/access/proxy.ts';
import { startApi } from '../../../services/api/main.ts';
import { buildServer } from '../../../services/api/server.ts';
import { onePerRole } from '../../helpers/api-people.ts';
import { KeptAudit, NO_ROLLOUTS, partsOf } from '../../helpers/api-server.ts';

type Headers = Readonly<Record<string, string>>;

const PROXY = '10.0.0.7';
const ROLES = 'admin=leads,operator=ops,operator=on call,viewer=*';
const { holders, tokens } = onePerRole();

let app: FastifyInstance | null = null;
afterEach(async () => {
  await app?.close();
  app = null;
});

async function serve(roles: string | null, more: Partial<ProxyOptions> = {}) {
  const audit = new KeptAudit();
  const proxy = { from: [PROXY], ...(roles !== null && { roles: parseProxyRoles(roles) }), ...more };
  const server = await buildServer({ ...partsOf(NO_ROLLOUTS), audit }, { host: '0.0.0.0', tokens, proxy });
  app = server;
  const ask = (headers: Headers, remoteAddress = PROXY, url = '/api/v1/me') =>
    server.inject({ url, headers, remoteAddress });
  const who = async (headers: Headers, remoteAddress = PROXY) => {
    const answer = await ask(headers, remoteAddress);
    const { name, role } = answer.json<{ name: string; role: string }>();
    return answer.statusCode === 200 ? `${name} ${role}` : answer.statusCode;
  };
  return { server, ask, who, audit };
}

const user = (name: string, groups?: string): Headers => ({
  'x-forwarded-user': name,
  ...(groups !== undefined && { 'x-forwarded-groups': groups }),
});
const utf8 = (text: string) => Buffer.from(text, 'utf8').toString('latin1');

describe('a proxy that tells who asks', () => {
  it.each([
    ['one of the leads', user('alice', 'staff,leads'), 'alice admin'],
    ['of two roles the higher', user('bob', 'ops, leads'), 'bob admin'],
    ['a group with a blank', user('bob', 'on call'), 'bob operator'],
    ['groups in another form', user('bob', 'staff|ops'), 'bob operator'],
    ['nobody in particular', user('carol', 'staff'), 'carol viewer'],
    ['no groups', user('carol'), 'carol viewer'],
    ['the beginning of a group', user('carol', 'lead'), 'carol viewer'],
    ['another case', user('carol', 'Leads'), 'carol viewer'],
    ['a name that is not ASCII', user(utf8('zoë@example.org'), 'ops'), 'zoë@example.org operator'],
    ['no name', user('', 'leads'), 401],
    ['two names, one of them from the client', user('admin, carol', 'leads'), 401],
    ['a name that is none', user(utf8('a\u0085b'), 'leads'), 401],
    ['bytes that are no text', user('\u00ff\u00fe', 'leads'), 401],
    ['a name without end', user('x'.repeat(200), 'leads'), 401],
    ['nothing', {}, 401],
    ['nothing, but a token', holders.operator.headers, 'operator operator'],
    ['a name and a token: the name', { ...user('carol'), ...holders.admin.headers }, 'carol viewer'],
  ])('%s', async (_, headers, expected) => {
    expect(await (await serve(ROLES)).who(headers)).toBe(expected);
  });

  it.each(['10.0.0.8', '127.0.0.1', '::1'])('is nobody else: what %s says counts for nothing', async address => {
    const { who } = await serve(ROLES);
    expect(await who(user('alice', 'leads'), address)).toBe(401);
    expect(await who({ ...user('alice', 'leads'), ...holders.viewer.headers }, address)).toBe('viewer viewer');
  });

  it('lets nobody in who has no role, says why, and it is noted', async () => {
    const { ask, audit } = await serve('operator=ops');
    const answer = await ask(user('carol', 'staff'));
    expect([answer.statusCode, answer.json<{ detail: string }>().detail]).toEqual([
      403,
      'carol is in no group that has a role here',
    ]);
    expect(audit.entries).toMatchObject([{ name: 'carol', role: null, result: 'refused' }]);
  });

  it('is asked by headers of other names where it is told so', async () => {
    const names = { userHeader: 'X-Auth-Request-Email', groupsHeader: 'X-Auth-Request-Groups' };
    const { who } = await serve(ROLES, names);
    expect(await who({ 'x-auth-request-email': 'a@example.org', 'x-auth-request-groups': 'leads' })).toBe(
      'a@example.org admin',
    );
    expect(await who(user('alice', 'leads'))).toBe(401);
  });

  it('is enough to let others reach the server, and then everybody is asked', async () => {
    const parts = partsOf(NO_ROLLOUTS);
    const api = await startApi(parts, { host: '127.0.0.1', port: 0, proxy: { from: [PROXY], roles: 'viewer=*' } });
    expect((await fetch(`${api.apiUrl}/me`)).status).toBe(401);
    await api.stop();
  });

  it.each(['0.0.0.0', '127.0.0.1'])('is not enough on %s where it does not tell', async host => {
    const alone = startApi(partsOf(NO_ROLLOUTS), { host, port: 0, proxy: { from: ['127.0.0.1'] } });
    const stop = async () => (await alone).stop();
    await expect(stop()).rejects.toMatchObject({ failure: { code: 'api-password-missing' } });
  });

  it('needs a browser to say which page asks, but no program', async () => {
    const { server } = await serve(ROLES);
    const ask = async (headers: Headers) => {
      const command = { method: 'POST', url: '/api/v1/rollouts/r-1/commands', payload: { kind: 'pause' } } as const;
      const all = { ...user('alice', 'leads'), ...headers };
      return (await server.inject({ ...command, headers: all, remoteAddress: PROXY })).statusCode;
    };
    expect([
      await ask({}),
      await ask({ cookie: '_oauth2_proxy=x' }),
      await ask({ cookie: '_oauth2_proxy=x', 'sec-fetch-site': 'same-origin' }),
      await ask({ cookie: '_oauth2_proxy=x', 'sec-fetch-site': 'cross-site' }),
    ]).toEqual([404, 403, 404, 403]);
  });
});

describe('a proxy that only passes on', () => {
  const forwarded = {
    'x-forwarded-for': '203.0.113.5',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'tide.example',
  };
  const logIn = async (address: string) => {
    const { server, audit } = await serve(null);
    const answer = await server.inject({
      method: 'POST',
      url: '/api/v1/session',
      payload: { token: holders.viewer.token },
      headers: { ...forwarded, host: 'inner:7070', origin: 'https://tide.example' },
      remoteAddress: address,
    });
    return { server, answer, audit };
  };

  it('tells from where and how: the cookie goes over TLS only', async () => {
    const { server, answer, audit } = await logIn(PROXY);
    expect(answer.cookies).toMatchObject([{ name: '__Host-nodetide_session', secure: true, path: '/' }]);
    expect(audit.entries).toMatchObject([{ name: 'viewer', what: 'log in', address: '203.0.113.5', result: 'done' }]);
    const cookie = `__Host-nodetide_session=${answer.cookies[0]?.value}`;
    const ask = { url: '/api/v1/me', remoteAddress: PROXY };
    expect((await server.inject({ ...ask, headers: { ...forwarded, cookie } })).statusCode).toBe(200);
    expect((await server.inject({ ...ask, headers: { cookie } })).statusCode).toBe(401);
  });

  it('does not tell who asks', async () => {
    expect(await (await serve(null)).who(user('alice', 'leads'))).toBe(401);
  });

  it('is not everybody who says so', async () => {
    const { answer, audit } = await logIn('10.0.0.8');
    // Under the name it really asked for, the page is another's.
    expect([answer.statusCode, answer.cookies, audit.entries]).toEqual([403, [], []]);
  });

  it('does not hide wrong secrets of one behind those of others', async () => {
    const { ask } = await serve(null);
    const wrong = (from: string) => ask({ authorization: 'Bearer x', 'x-forwarded-for': from });
    for (let n = 0; n < 10; n++) await wrong('203.0.113.5');
    const statuses = [await wrong('203.0.113.5'), await wrong('9.9.9.9, 203.0.113.5'), await wrong('203.0.113.6')];
    expect(statuses.map(({ statusCode }) => statusCode)).toEqual([429, 429, 401]);
  });
});

describe('addresses of a proxy', () => {
  it.each([
    ['10.0.0.7', '10.0.0.7', true],
    ['10.0.0.7', '::ffff:10.0.0.7', true],
    ['10.0.0.7', '10.0.0.70', false],
    ['10.0.0.0/8', '10.200.0.1', true],
    ['10.0.0.0/8', '11.0.0.1', false],
    ['2001:db8::/32', '2001:db8:5::1', true],
    ['2001:db8::/32', '2001:db9::1', false],
    ['0.0.0.0/0', '', false],
  ])('%s trusts %s: %s', (from, address, trusted) => {
    expect(new TrustedProxy({ from: [from] }).trusts(address)).toBe(trusted);
  });

  it.each(['', 'proxy.example', '10.0.0.0/33', '10.0.0.0/-1', '10.0.0.0/', '10.0.0', '2001:db8::/129', '10.0.0.0/8/8'])(
    'refuses %j',
    from => {
      expect(() => new TrustedProxy({ from: [from] })).toThrow(expect.objectContaining({ name: 'StepError' }));
    },
  );

  it.each(['', 'ops', 'root=ops', 'admin=', '=ops', 'admin=a,,'])('refuses the roles %j', text => {
    expect(() => parseProxyRoles(text)).toThrow('expected ROLE=GROUP');
  });

  it('takes groups with signs of their own', () => {
    expect(parseProxyRoles('admin=cn=ops/x y, viewer=*')).toEqual([
      { role: 'admin', group: 'cn=ops/x y' },
      { role: 'viewer', group: '*' },
    ]);
  });
});
