import { afterEach, describe, expect, it } from 'vitest';
import { isLoopback } from '../../../services/api/access/loopback.ts';
import { type RunningApi, startApi } from '../../../services/api/main.ts';
import { NO_ROLLOUTS, partsOf } from '../../helpers/api-server.ts';

let reason: string | null = null;
const parts = partsOf(NO_ROLLOUTS, async () => reason);
let running: RunningApi | null = null;

async function start(options: { host: string; port?: number; password?: string }): Promise<RunningApi> {
  running = await startApi(parts, { port: 0, ...options });
  return running;
}

const port = (api: RunningApi): string => new URL(api.url).port;
const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });

afterEach(async () => {
  await running?.stop();
  running = null;
  reason = null;
});

describe('access', () => {
  it.each([
    ['127.0.0.1', true],
    ['127.8.9.1', true],
    ['::1', true],
    ['[::1]', true],
    ['LOCALHOST', true],
    ['0.0.0.0', false],
    ['::', false],
    ['127.0.0.1.example.org', false],
    ['10.0.0.1', false],
    ['', false],
  ])('takes %j as loopback: %s', (host, expected) => {
    expect(isLoopback(host)).toBe(expected);
  });

  it('does not start where others can reach it without a password', async () => {
    await expect(start({ host: '0.0.0.0' })).rejects.toMatchObject({ failure: { code: 'api-password-missing' } });
  });

  it('says that a port is taken', async () => {
    const first = await startApi(parts, { host: '127.0.0.1', port: 0 });
    try {
      const taken = start({ host: '127.0.0.1', port: Number(port(first)) });
      await expect(taken).rejects.toMatchObject({ failure: { code: 'api-address-in-use' } });
    } finally {
      await first.stop();
    }
  });

  it('asks for user and password everywhere but for health', async () => {
    const api = await start({ host: '0.0.0.0', password: 'pä:ss' });
    const at = (path: string, headers = {}) => fetch(`http://127.0.0.1:${port(api)}${path}`, { headers });
    const statuses = await Promise.all([
      at('/queues/api/queues'),
      at('/queues/static/images/logo.svg'),
      at('/api/v1/nowhere'),
      at('/queues', basic('nodetide:wrong')),
      at('/queues', basic('root:pä:ss')),
      at('/queues', { authorization: 'Bearer pä:ss'.replace('ä', 'a') }),
      at('/livez'),
      at('/readyz'),
      at('/queues', basic('nodetide:pä:ss')),
      at('/queues/api/queues', basic('nodetide:pä:ss')),
    ]);
    expect(statuses.map(each => each.status)).toEqual([401, 401, 401, 401, 401, 401, 200, 200, 200, 200]);
    // As pages ask, whose browser is not to ask for user and password by itself.
    expect(statuses[0]?.headers.get('www-authenticate')).toMatch(/^Bearer [^,]*$/);
    await Promise.all(statuses.map(each => each.arrayBuffer()));
  });

  it('answers only to names of this machine when there is no password', async () => {
    const { buildServer } = await import('../../../services/api/server.ts');
    const app = await buildServer(parts, { host: '127.0.0.1' });
    const ask = async (host: string) => (await app.inject({ url: '/queues', headers: { host } })).statusCode;
    expect([await ask('localhost:7070'), await ask('[::1]:7070'), await ask('evil.example:7070')]).toEqual([
      200, 200, 403,
    ]);
    await app.close();
  });

  it('is not ready while its Redis does not answer', async () => {
    const api = await start({ host: '127.0.0.1' });
    reason = 'Redis does not answer';
    const response = await fetch(`${api.url}/readyz`);
    expect([response.status, await response.json()]).toEqual([503, { status: 'not ready', reason }]);
    expect((await fetch(`${api.url}/livez`)).status).toBe(200);
  });

  it('closes although a client keeps its connection', async () => {
    const api = await start({ host: '127.0.0.1' });
    await (await fetch(`${api.url}/livez`, { keepalive: true })).json();
    await api.stop();
    await expect(fetch(`${api.url}/livez`)).rejects.toThrow();
  });
});
