import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { register as doctor } from '../../../services/cli/commands/doctor.ts';
import { register as notify } from '../../../services/cli/commands/notify.ts';
import { register as release } from '../../../services/cli/commands/release.ts';
import { EXIT } from '../../../services/cli/exit.ts';
import { redisPlace } from '../../../services/cli/options.ts';
import { draftRefusal, withDraft } from '../../../services/cli/plan/on-server.ts';
import { runProgram } from '../../../services/cli/program.ts';
import { serverAccess } from '../../../services/cli/wire/remote/access.ts';
import { ServerClient } from '../../../services/cli/wire/remote/client.ts';
import { remotePlanning } from '../../../services/cli/wire/remote/planning.ts';
import { unreachable } from '../../../services/cli/wire/remote/problem.ts';
import { remoteRollouts } from '../../../services/cli/wire/remote/rollouts.ts';
import { readEvents } from '../../../services/cli/wire/remote/sse.ts';
import type { Draft } from '../../../shared/domain/draft/draft.ts';
import { NOT_NARROWED } from '../../../shared/domain/plan-build/narrow.ts';
import { FakeRollouts, FakeSession, FakeWiring } from '../../helpers/cli-wiring.ts';
import { tinyPlan } from '../../helpers/plan.ts';

const TOKEN = `ntd_${'x'.repeat(43)}`;

describe('which server is meant', () => {
  const env = { NODETIDE_SERVER: 'https://env', REDIS_URL: 'redis://env', NODETIDE_DATA: '/d' };

  it.each([
    ['what was said', { server: 'https://said' }, 'https://said'],
    ['else that of the environment', { server: '' }, 'https://env'],
    ['none where a Redis was said', { server: '', redis: 'redis://said' }, undefined],
    ['none where a folder was said', { server: '', data: '/said' }, undefined],
    ['none for a command that knows no servers', {}, undefined],
  ])('%s', (_, options, url) => expect(redisPlace(options, env).server?.url).toBe(url));

  it('refuses both', () => expect(() => redisPlace({ server: 'https://a', data: '/d' }, {})).toThrow('not both'));

  it('refuses what is for a server where none is named', () => {
    expect(() => redisPlace({ server: '', tokenFile: 't' }, {})).toThrow('say --server URL too');
    expect(() => redisPlace({ server: '', caFile: 'c', data: '/d' }, env)).toThrow('say --server URL too');
  });

  it.each(['nodetide.example.com', 'ftp://host', 'https://me:secret@host', ''])(
    'refuses %j as an address',
    async url => {
      await expect(serverAccess({ url }, {}, () => {})).rejects.toThrow(/^a server is named by its address/);
    },
  );

  it.each(['https://h:1', 'https://h:1/', 'https://h:1/api/v1', 'https://h:1/api/v1/'])('takes %s', async url => {
    expect((await serverAccess({ url }, {}, () => {})).url).toBe('https://h:1');
  });
});

it.each([[['notify', 'list']], [['release', 'n1', '--yes']], [['doctor']]])(
  '%j refuses to ask a Redis of its own where the environment names a server',
  async words => {
    const wiring = new FakeWiring(new FakeSession(new FakeRollouts(tinyPlan({ stages: {} }))));
    wiring.env = { ...wiring.env, NODETIDE_SERVER: 'https://nodetide.example.com' };
    const said = async (...args: string[]) => {
      wiring.terminal.stderr.splice(0);
      const code = await runProgram([notify, release, doctor], wiring, [...words, ...args]);
      return [code, ...wiring.terminal.stderr];
    };
    expect(await said()).toEqual([
      EXIT.badInput,
      expect.stringMatching(
        /^nodetide: \S+( list)? asks no server, but NODETIDE_SERVER names one: .*--redis or --data$/,
      ),
    ]);
    expect((await said('--redis', 'redis://here')).join()).not.toContain('NODETIDE_SERVER');
  },
);

describe('the token', () => {
  it('is told to be readable on the way, but not to this machine or over TLS', async () => {
    const said: string[] = [];
    for (const url of ['http://127.0.0.1:1', 'http://localhost', 'https://far', 'http://far:7070']) {
      expect((await serverAccess({ url }, { NODETIDE_TOKEN: TOKEN }, text => said.push(text))).token).toBe(TOKEN);
    }
    expect(said).toEqual([expect.stringContaining('far:7070')]);
  });

  it('is not taken, nor shown, where it is none', async () => {
    const refused = serverAccess({ url: 'https://h' }, { NODETIDE_TOKEN: 'hunter2' }, () => {});
    await expect(refused).rejects.toThrow('NODETIDE_TOKEN holds no token');
    await expect(refused).rejects.not.toThrow('hunter2');
  });
});

describe('what a server answers', () => {
  async function answering(status: number, body: string, headers: Record<string, string> = {}): Promise<ServerClient> {
    const server = createServer((_, response) => response.writeHead(status, headers).end(body));
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    return new ServerClient({ url: `http://127.0.0.1:${port}`, token: null, ca: null });
  }
  const problem = (type: string, detail: string) => JSON.stringify({ type: `urn:nodetide:problem:${type}`, detail });

  it.each([
    [
      401,
      problem('unauthorised', 'no'),
      5,
      /does not let us in: give a token with --token-file FILE or NODETIDE_TOKEN$/,
    ],
    [403, problem('role', 'operator is needed'), 5, /refuses this: operator is needed; .*--role/],
    [404, problem('unknown-rollout', 'there is no rollout r'), 4, /^there is no rollout r$/],
    [503, problem('not-ready', 'Redis\u001b[2J is\naway'), 5, /^Redis is away$/],
    [404, '<html>', 5, /^http:\S+ answers HTTP status 404$/],
    [302, '', 5, /sends us elsewhere/],
    [200, '<html>', 5, /does not answer as nodetide does/],
  ])('%s %s', async (status, body, exitCode, message) => {
    const client = await answering(status, body);
    await expect(client.get('/rollouts')).rejects.toMatchObject({ exitCode, message: expect.stringMatching(message) });
  });

  it.each(['DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'])(
    'of a certificate nobody knows (%s) leads to --ca-file, and does not pass by itself',
    code => {
      const { message, mayPass } = unreachable('https://h', Object.assign(new Error('not trusted'), { code }));
      expect(message).toMatch(/^https:\/\/h cannot be reached: not trusted; .*--ca-file FILE$/);
      expect([mayPass, unreachable('https://h', new Error('gone')).mayPass]).toEqual([false, true]);
    },
  );

  it('is told to be missing where nobody listens', async () => {
    const client = new ServerClient({ url: 'http://127.0.0.1:1', token: null, ca: null });
    await expect(client.get('/rollouts')).rejects.toMatchObject({
      exitCode: 5,
      message: expect.stringMatching(/^http:\/\/127\.0\.0\.1:1 cannot be reached: /),
    });
  });
});

it('goes on after the last whole event, whatever cuts a stream off', async () => {
  const event = (id: number) => `id: ${id}-0\ndata: ${JSON.stringify({ id: `${id}-0` })}\n\n`;
  const asked: unknown[] = [];
  const server = createServer((request, response) => {
    asked.push(request.headers['last-event-id']);
    if (asked.length === 1) return response.writeHead(502).end('<html>');
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    if (asked.length === 3) return response.end(event(2) + event(3));
    response.write(`${event(1)}id: 2-0\ndata: {"id"`, () => response.destroy());
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const client = new ServerClient({ url: `http://127.0.0.1:${port}`, token: null, ca: null });
  const told: string[] = [];
  for await (const { id } of remoteRollouts(client).follow('r', '', new AbortController().signal)) {
    told.push(id);
    if (id === '3-0') break;
  }
  expect([told, asked]).toEqual([
    ['1-0', '2-0', '3-0'],
    [undefined, undefined, '1-0'],
  ]);
});

it('asks for a plan again when the answer is lost, under the same key, and under another one for the next', async () => {
  const keys: unknown[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', chunk => {
      text += String(chunk);
    });
    request.on('end', () => {
      keys.push((JSON.parse(text) as { key?: unknown }).key);
      if (keys.length === 1) return response.destroy();
      return response.writeHead(202, { 'content-type': 'application/json' }).end('{"id": "d-1"}');
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const planning = remotePlanning(new ServerClient({ url: `http://127.0.0.1:${port}`, token: null, ca: null }));
  const request = { narrow: NOT_NARROWED, updates: false };
  const { signal } = new AbortController();
  expect(await planning.ask(request, signal)).toEqual({ id: 'd-1' });
  await planning.ask(request, signal);
  expect(keys[0]).toMatch(/^\S{16,128}$/);
  expect(keys[1]).toBe(keys[0]);
  expect(keys[2]).not.toBe(keys[0]);
});

it('tells a fleet file that is wrong from a cluster that cannot be reached', () => {
  const wiring = new FakeWiring(new FakeSession(new FakeRollouts(tinyPlan({ stages: {} }))));
  const codeOf = (...problems: Draft['problems']) => draftRefusal(wiring, { problems }).exitCode;
  expect(codeOf({ code: 'cluster-unreachable', cluster: 'eu', message: 'no answer' })).toBe(5);
  expect(codeOf({ code: 'cluster-in-no-stage', message: 'fleet.yaml:3:1: eu is in no stage' })).toBe(4);
});

it('gives up a server that is gone, not one whose streams are cut off while nothing happens', async () => {
  let asked = 0;
  const server = createServer((_, response) => {
    asked += 1;
    if (asked > 9) return response.writeHead(502).end();
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    if (asked === 8) return response.end('id: 1-0\ndata: {"id":"1-0"}\n\n');
    response.write(': alive\n\n', () => response.destroy());
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const client = new ServerClient({ url: `http://127.0.0.1:${port}`, token: null, ca: null });
  const told: string[] = [];
  const follow = async () => {
    const rollouts = remoteRollouts(client, { troubles: 2, pauseMs: 1 });
    for await (const { id } of rollouts.follow('r', '', new AbortController().signal)) told.push(id);
  };
  await expect(follow()).rejects.toThrow('HTTP status 502');
  expect([told, asked]).toEqual([['1-0'], 11]);
});

/** A server that answers as told, until the test ends. */
async function answering(answer: (path: string) => object | null): Promise<ServerClient> {
  const server = createServer(({ url = '' }, response) => {
    const said = answer(url);
    if (said) response.end(JSON.stringify(said));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return new ServerClient({ url: `http://127.0.0.1:${port}`, token: null, ca: null });
}

describe('waiting for a plan', () => {
  const PACE = { lookMs: 1, looks: 1 };
  const request = { narrow: NOT_NARROWED, updates: false };

  it('is ended at once by an interrupt, also where the server answers nothing at all', async () => {
    for (const hangsAt of ['/drafts', '/drafts/d-1']) {
      const wiring = new FakeWiring(new FakeSession(new FakeRollouts(tinyPlan({ stages: {} }))));
      const client = await answering(path => {
        if (!path.endsWith(hangsAt)) return { id: 'd-1', state: 'asked' };
        queueMicrotask(() => wiring.interrupt());
        return null;
      });
      // Taking the draft away is given up at once.
      vi.spyOn(AbortSignal, 'timeout').mockReturnValue(AbortSignal.abort());
      const waiting = withDraft(wiring, remotePlanning(client, PACE), request, { keep: false, work: async () => 1 });
      await expect(waiting, hangsAt).rejects.toMatchObject({ exitCode: EXIT.interrupted });
      vi.restoreAllMocks();
    }
  });

  it('ends where no scheduler with its fleet file is left, though others are', async () => {
    let planners = [{ fleetFile: '/b.yaml' }, { fleetFile: '/a.yaml' }];
    let looks = 0;
    const client = await answering(path => {
      if (path.endsWith('/drafts/d-1')) return { state: 'asked', fleetFile: '/a.yaml' };
      looks += 1;
      if (looks === 20) planners = planners.slice(0, 1);
      return { planners };
    });
    const made = remotePlanning(client, PACE).made('d-1', new AbortController().signal);
    await expect(made).rejects.toMatchObject({
      exitCode: EXIT.cannotConnect,
      message: expect.stringMatching(/^no scheduler with \/a\.yaml runs any more.*nodetide up -f \/a\.yaml/),
    });
    expect(looks).toBe(21);
  });
});

it('reads the same events of a stream however it is cut into pieces', async () => {
  const events = fc.array(fc.record({ id: fc.stringMatching(/^\d{1,5}-\d$/), data: fc.json() }), { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(events, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), async (told, cuts) => {
      const text = told.map(({ id, data }) => `: alive\nid: ${id}\nevent: x\ndata: ${data}\n\n`).join('');
      const bytes = new TextEncoder().encode(`${text}id: 9-9\ndata: cut off`);
      async function* pieces() {
        for (let [at, cut] = [0, 0]; at < bytes.length; cut += 1) {
          const size = cuts[cut % cuts.length] ?? 1;
          yield bytes.slice(at, at + size);
          at += size;
        }
      }
      const read: unknown[] = [];
      for await (const event of readEvents(pieces())) read.push(event);
      expect(read).toEqual(told);
    }),
  );
});
