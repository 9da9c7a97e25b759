import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { failureOf } from '../../../shared/domain/failure.ts';
import type { HttpProbe } from '../../../shared/ports/probe.ts';
import { httpProbes } from '../../../shared/probes/http.ts';

let dir = '';
let plain: Server;
let tls: Server;
let seen: IncomingMessage[] = [];
let answer: (request: IncomingMessage, response: ServerResponse) => void = () => {};
const hear = (request: IncomingMessage, response: ServerResponse): void => {
  seen.push(request);
  answer(request, response);
};
const urlOf = (server: Server, path = '/') =>
  new URL(`${server === tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}${path}`);
const listening = (server: Server) => new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'nodetide-probes-'));
  const [key, cert] = [join(dir, 'key.pem'), join(dir, 'cert.pem')];
  const words = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const names = ['-subj', '/CN=ingress.example', '-addext', 'subjectAltName=DNS:ingress.example'];
  execFileSync('openssl', [...words, ...names, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  plain = createServer(hear);
  tls = createTlsServer({ key: await readFile(key), cert: await readFile(cert) }, hear);
  await Promise.all([listening(plain), listening(tls)]);
});
afterAll(async () => {
  for (const server of [plain, tls]) server.close();
  await rm(dir, { recursive: true, force: true });
});
beforeEach(() => {
  seen = [];
  answer = (_, response) => response.end('fine');
});

const NO_TLS = { caFile: null, serverName: '', insecure: false };
const ask = (url: URL, more: Partial<HttpProbe> = {}, signal = new AbortController().signal) =>
  httpProbes.http({ url, method: 'GET', headers: {}, redirects: 0, tls: NO_TLS, ...more }, signal);
const failing = async (run: Promise<unknown>) =>
  failureOf(
    await run.then(
      () => new Error('no error'),
      (error: unknown) => error,
    ),
  );

describe('an HTTP probe', () => {
  it('gives status and body, whatever the status', async () => {
    answer = (_, response) => response.writeHead(503).end('down');
    expect(await ask(urlOf(plain))).toEqual({ status: 503, body: 'down', isCut: false });
  });

  it('reads no more than 64 KiB of a body without an end', async () => {
    answer = (_, response) => {
      const more = (): void => {
        if (!response.destroyed && response.write('x'.repeat(16_384))) setImmediate(more);
        else response.once('drain', more);
      };
      more();
    };
    const { body, isCut } = await ask(urlOf(plain));
    expect([body.length, isCut]).toEqual([65_536, true]);
  });

  it('ends with its signal when the server hangs', async () => {
    const stop = new AbortController();
    answer = () => stop.abort(new Error('late'));
    await expect(ask(urlOf(plain), {}, stop.signal)).rejects.toThrow('late');
  });

  it('says why there is no answer', async () => {
    answer = (_, response) => response.destroy();
    expect(await failing(ask(urlOf(plain)))).toMatchObject({ code: 'probe-no-answer', retryable: true });
    const closed = await failing(ask(new URL('http://127.0.0.1:1/')));
    expect(closed.message).toMatch(/^http:\/\/127\.0\.0\.1:1 gave no answer: .*ECONNREFUSED/);
  });

  it('goes past proxies of the environment', async () => {
    for (const name of ['HTTP_PROXY', 'http_proxy', 'ALL_PROXY']) vi.stubEnv(name, 'http://127.0.0.1:1');
    vi.stubEnv('NODE_USE_ENV_PROXY', '1');
    try {
      expect((await ask(urlOf(plain))).status).toBe(200);
    } finally {
      vi.unstubAllEnvs();
    }
  });
});

describe('redirects', () => {
  it('are answers, unless they are to be followed', async () => {
    answer = ({ url }, response) => {
      if (url === '/') response.writeHead(302, { location: '/there' }).end();
      else response.end('there');
    };
    expect((await ask(urlOf(plain))).status).toBe(302);
    expect(await ask(urlOf(plain), { redirects: 1 })).toMatchObject({ status: 200, body: 'there' });
  });

  it('are not followed from https to http, nor for ever', async () => {
    answer = (_, response) => response.writeHead(302, { location: urlOf(plain).href }).end();
    const insecure = { tls: { ...NO_TLS, insecure: true }, redirects: 5 };
    expect((await failing(ask(urlOf(tls), insecure))).message).toContain('which is not followed');
    expect((await ask(urlOf(plain), { redirects: 3 })).status).toBe(302);
    expect(seen).toHaveLength(1 + 4);
  });

  it('take the headers to no other server', async () => {
    const headers = { Authorization: 'Bearer x' };
    answer = ({ url }, response) =>
      url === '/' ? response.writeHead(302, { location: urlOf(tls, '/other').href }).end() : response.end();
    await ask(urlOf(plain), { headers, redirects: 1, tls: { ...NO_TLS, insecure: true } });
    expect(seen.map(request => request.headers.authorization)).toEqual(['Bearer x', undefined]);
  });
});

describe('secrets', () => {
  it('are read where they are, sent, and masked in the answer', async () => {
    await writeFile(join(dir, 'token'), 'hunter2\n');
    vi.stubEnv('PROBE_TOKEN', 'hunter3');
    answer = ({ headers }, response) => response.end(`you said ${String(headers['x-a'])} ${String(headers['x-b'])}`);
    const headers = { 'X-A': { file: join(dir, 'token') }, 'X-B': { env: 'PROBE_TOKEN' } };
    expect((await ask(urlOf(plain), { headers })).body).toBe('you said *** ***');
    expect(seen[0]?.headers).toMatchObject({ 'x-a': 'hunter2', 'x-b': 'hunter3' });
    vi.unstubAllEnvs();
  });

  it('a token that is repeated without its scheme is masked too', async () => {
    vi.stubEnv('PROBE_TOKEN', 'Bearer s3cr3t-token');
    answer = (_, response) => response.end('Bearer refused: s3cr3t-token');
    const headers = { Authorization: { env: 'PROBE_TOKEN' } };
    expect((await ask(urlOf(plain), { headers })).body).toBe('Bearer refused: ***');
    vi.unstubAllEnvs();
  });

  it('that are missing, or no header, are told without their value', async () => {
    const missing = await failing(ask(urlOf(plain), { headers: { 'X-A': { env: 'PROBE_NOT_THERE' } } }));
    expect(missing).toMatchObject({ code: 'probe-settings', retryable: false });
    expect(missing.message).toBe('header X-A: there is nothing in the variable PROBE_NOT_THERE');
    await writeFile(join(dir, 'lines'), 'hunter2\nhunter3');
    const lines = await failing(ask(urlOf(plain), { headers: { 'X-A': { file: join(dir, 'lines') } } }));
    expect(lines.code).toBe('probe-settings');
    expect(lines.message).not.toContain('hunter');
    expect(seen).toEqual([]);
  });
});

describe('certificates', () => {
  it('nobody knows are refused', async () => {
    expect((await failing(ask(urlOf(tls)))).message).toMatch(/self-signed/);
  });

  it('are taken with their authority and name, or when any is taken', async () => {
    const caFile = join(dir, 'cert.pem');
    const named = { tls: { caFile, serverName: 'ingress.example', insecure: false } };
    expect((await ask(urlOf(tls), named)).status).toBe(200);
    expect((await failing(ask(urlOf(tls), { tls: { ...NO_TLS, caFile } }))).message).toMatch(/IP: 127\.0\.0\.1 is not/);
    expect((await ask(urlOf(tls), { tls: { ...NO_TLS, insecure: true } })).status).toBe(200);
  });

  it('whose authority cannot be read are a matter of settings', async () => {
    const failure = await failing(ask(urlOf(tls), { tls: { ...NO_TLS, caFile: join(dir, 'nothing') } }));
    expect(failure).toMatchObject({ code: 'probe-settings', retryable: false });
  });
});
