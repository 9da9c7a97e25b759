import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtPage } from '../../../services/api/page/folder.ts';
import { buildServer } from '../../../services/api/server.ts';
import { NO_ROLLOUTS, partsOf } from '../../helpers/api-server.ts';

const pageDir = fileURLToPath(new URL('../../fixtures/page/', import.meta.url));
let app: FastifyInstance;
let without: FastifyInstance;

beforeAll(async () => {
  app = await buildServer(partsOf(NO_ROLLOUTS), { host: '127.0.0.1', pageDir });
  without = await buildServer(partsOf(NO_ROLLOUTS), { host: '127.0.0.1', pageDir: `${pageDir}nowhere/` });
});
afterAll(async () => {
  await app.close();
  await without.close();
});

const get = (url: string, headers = {}) => app.inject({ url, headers: { host: 'localhost', ...headers } });

/** Names of clusters and nodes may hold dots. */
const PAGES = [
  '/',
  '/rollouts',
  '/rollouts/r-1/nodes/prod/n1',
  '/rollouts/r-1/nodes/prod.eu/ip-10-0-0-1.ec2.internal',
  '/clusters/prod.eu',
  '/waiting?x=1',
];

describe('the web page', () => {
  it.each(PAGES)('is there at %s', async url => {
    const { statusCode, headers, body } = await get(url);
    expect([statusCode, headers['content-type'], headers['cache-control']]).toEqual([
      200,
      'text/html; charset=utf-8',
      'no-cache',
    ]);
    expect(body).toContain('<title>nodetide</title>');
  });

  it.each(PAGES)('answers to HEAD at %s as to GET, without a body', async url => {
    const { statusCode, headers, body } = await app.inject({ method: 'HEAD', url, headers: { host: 'localhost' } });
    expect([statusCode, headers['content-type'], body]).toEqual([200, 'text/html; charset=utf-8', '']);
  });

  it('has files that are kept for good, by their names', async () => {
    const { statusCode, headers } = await get('/assets/app-AbCd1234.js');
    expect([statusCode, headers['cache-control']]).toEqual([200, 'public, max-age=31536000, immutable']);
  });

  it.each(['/assets/gone-1.js', '/../package.json', '/assets/..%2f..%2fplan.ts', '/api/v1/x', '/queues/x/y.css'])(
    'is not at %s',
    async url => {
      const { statusCode, body } = await get(url);
      expect(statusCode).toBe(404);
      expect(body).not.toContain('<title>');
    },
  );

  it('says in a line that it is not built', async () => {
    const { statusCode, headers, body } = await without.inject({ url: '/', headers: { host: 'localhost' } });
    expect([statusCode, headers['content-type']]).toEqual([200, 'text/plain; charset=utf-8']);
    expect(body).toMatch(/^The web page is not built: npm run build\..*\n$/);
  });

  it('is looked for where the build puts it', () => {
    expect(builtPage('file:///opt/nodetide/dist/services/api/page/folder.js')).toBe('/opt/nodetide/dist/services/ui/');
    expect(builtPage('file:///opt/nodetide/services/api/page/folder.ts')).toBe('/opt/nodetide/dist/services/ui/');
  });
});

/** Directives of a policy. */
function policyOf(headers: Awaited<ReturnType<typeof get>>['headers']): Map<string, string> {
  const parts = String(headers['content-security-policy']).split(';');
  return new Map(parts.map(part => [part.split(' ')[0] ?? '', part.split(' ').slice(1).join(' ')]));
}

describe('what browsers are told', () => {
  it.each(['/', '/assets/app-AbCd1234.js', '/api/v1/rollouts', '/livez', '/nowhere.js', '/queues'])(
    'is with every answer: %s',
    async url => {
      const { headers } = await get(url);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'x-frame-options': 'DENY',
      });
      const policy = policyOf(headers);
      expect(policy.get('frame-ancestors')).toBe("'none'");
      expect(policy.get('default-src')).toBe("'none'");
      expect(policy.get('script-src')).toBe("'self'");
      expect(policy.get('style-src')).toBe(url === '/queues' ? "'self' 'unsafe-inline'" : "'self'");
      for (const [, sources] of policy) expect(sources).not.toMatch(/https?:|\*|unsafe-eval/);
    },
  );
});

describe('answers', () => {
  const accepts = { 'accept-encoding': 'br, gzip' };

  it('are compressed where they are long, but events are not', async () => {
    expect((await get('/api/v1/openapi.json', accepts)).headers['content-encoding']).toBe('br');
    expect((await get('/api/v1/rollouts', accepts)).headers['content-encoding']).toBeUndefined();
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    const stop = new AbortController();
    const headers = { ...accepts, accept: 'text/event-stream' };
    const stream = await fetch(`${url}/api/v1/overview`, { headers, signal: stop.signal });
    expect([stream.headers.get('content-type'), stream.headers.get('content-encoding')]).toEqual([
      'text/event-stream',
      null,
    ]);
    const first = await stream.body?.getReader().read();
    expect(Buffer.from(first?.value ?? []).toString()).toContain('retry: ');
    stop.abort();
  });
});
