import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { failureOf } from '../../../shared/domain/failure.ts';
import type { NoticeMessage } from '../../../shared/domain/notify/notice.ts';
import type { NotifyTarget } from '../../../shared/domain/notify/target.ts';
import { openNotifier } from '../../../shared/notify/open.ts';
import { secretOf } from '../../../shared/probes/secrets.ts';
import { chatTarget, delivery, hookTarget, mailTarget, route, toldPlan } from '../../helpers/notify.ts';
import { notifyWorld, put } from '../../helpers/notify-world.ts';
import { type MailReceiver, type Receiver, startMailReceiver, startReceiver } from '../../helpers/receivers.ts';
import { testRedis } from '../../helpers/redis.ts';

const notifier = openNotifier(secretOf);
const shared = await testRedis();
let dir = '';
let tls = { key: '', cert: '' };
let web: Receiver;
let secureWeb: Receiver;
let mail: MailReceiver;
let secureMail: MailReceiver;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'nodetide-notify-'));
  const [key, cert] = [join(dir, 'key.pem'), join(dir, 'cert.pem')];
  const words = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const names = ['-subj', '/CN=here', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  execFileSync('openssl', [...words, ...names, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  tls = { key: await readFile(key, 'utf8'), cert: await readFile(cert, 'utf8') };
  await writeFile(join(dir, 'password'), 'open sesame\n');
  const login = {
    onAuth: (
      { username, password }: { username?: string | undefined; password?: string | null | undefined },
      _: unknown,
      done: (error: Error | null, answer?: { user: string }) => void,
    ) => (password === 'open sesame' ? done(null, { user: username ?? '' }) : done(new Error(`wrong: ${password}`))),
  };
  [web, secureWeb, mail, secureMail] = await Promise.all([
    startReceiver(),
    startReceiver(tls),
    startMailReceiver(),
    startMailReceiver({ ...tls, ...login, authOptional: false, disabledCommands: [] }),
  ]);
  vi.stubEnv('HOOK_SECRET', `whsec_${Buffer.from('a key of 24 bytes or so..').toString('base64')}`);
  vi.stubEnv('HOOK_TOKEN', 'tok-0123456789');
  vi.stubEnv('PASSWORD', 'open sesame');
});
afterEach(() => {
  web.react = () => ({ status: 200, body: 'ok' });
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await Promise.all([web, secureWeb, mail, secureMail].map(each => each.stop()));
  await rm(dir, { recursive: true, force: true });
});

const MESSAGE: NoticeMessage = {
  event: 'node-failed',
  severity: 'critical',
  atMs: Date.UTC(2026, 0, 2, 3, 4, 5),
  title: '[acme] prod/n1 failed at upgrade',
  body: 'upgrade of prod/n1 failed: <!channel> & *bold*\nSeen: exit 100',
  link: 'https://nodetide.example/rollouts/r-1',
  fields: { fleet: 'acme', rollout: 'r-1', cluster: 'prod', node: 'n1', step: 'upgrade' },
};

/** One attempt; `left` tells the order of what happened. */
async function send(target: NotifyTarget, more: { mayLeave?: () => Promise<void>; signal?: AbortSignal } = {}) {
  const left: string[] = [];
  const attempt = {
    id: 'r-1_5-0-node-failed_ops',
    signal: more.signal ?? AbortSignal.timeout(30_000),
    mayLeave: async () => {
      left.push(`may leave, heard ${web.heard.length + secureWeb.heard.length + mail.mails.length}`);
      await more.mayLeave?.();
    },
    hasLeft: () => void left.push('has left'),
  };
  const before = web.heard.length + secureWeb.heard.length + mail.mails.length;
  const answer = await notifier.send(target, MESSAGE, attempt).catch((error: unknown) => failureOf(error));
  return { answer, left: left.map(text => text.replace(`heard ${before}`, 'heard nothing')) };
}

function url(name: string, value: string): string {
  vi.stubEnv(name, value);
  return name;
}

describe('what arrives', () => {
  it('slack: blocks of plain text, in which nothing is a mention', async () => {
    const target = chatTarget('slack', 'ops', url('SLACK', `${web.url}/services/T0/B0/secretsecretsecret`));
    expect(await send(target)).toEqual({ answer: 'HTTP 200: ok', left: ['may leave, heard nothing', 'has left'] });
    const { path, body } = web.heard.at(-1) ?? { path: '', body: '{}' };
    expect(path).toBe('/services/T0/B0/secretsecretsecret');
    expect(JSON.parse(body)).toMatchObject({
      text: '🔴 [acme] prod/n1 failed at upgrade',
      blocks: [
        { type: 'header', text: { type: 'plain_text', text: '🔴 [acme] prod/n1 failed at upgrade' } },
        { type: 'section', text: { type: 'plain_text', text: MESSAGE.body, emoji: false } },
        { type: 'section', fields: expect.arrayContaining([{ type: 'plain_text', text: 'Node\nn1', emoji: false }]) },
        { type: 'context', elements: [{ text: '<https://nodetide.example/rollouts/r-1|Open in nodetide>' }] },
      ],
    });
  });

  it('teams: an Adaptive Card in a message', async () => {
    web.react = () => ({ status: 202 });
    const target = chatTarget(
      'teams',
      'ops',
      url('TEAMS', `${web.url}/workflows/abc/triggers/manual/paths/invoke?sig=secretsecretsecret`),
    );
    expect((await send(target)).answer).toBe('HTTP 202');
    const { attachments, type } = JSON.parse(web.heard.at(-1)?.body ?? '{}') as { type: string; attachments: object[] };
    expect(type).toBe('message');
    expect(attachments).toMatchObject([
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        content: {
          type: 'AdaptiveCard',
          body: [
            { type: 'RichTextBlock', inlines: [{ text: MESSAGE.title, color: 'attention' }] },
            { type: 'RichTextBlock', inlines: [{ text: 'upgrade of prod/n1 failed: <!channel> & *bold*' }] },
            { type: 'RichTextBlock' },
            { type: 'FactSet', facts: expect.arrayContaining([{ title: 'Node', value: 'n1' }]) },
          ],
          actions: [{ type: 'Action.OpenUrl', url: MESSAGE.link }],
        },
      },
    ]);
  });

  it('webhook: JSON, signed so that whoever has the secret can tell, with headers whose secrets are elsewhere', async () => {
    const headers = { 'X-Team': 'ops', Authorization: { env: 'HOOK_TOKEN' } };
    const target = hookTarget('bus', `${web.url}/in?x=1`, { secret: { env: 'HOOK_SECRET' }, headers });
    expect((await send(target)).answer).toBe('HTTP 200: ok');
    const one = web.heard.at(-1);
    expect(one).toMatchObject({ path: '/in?x=1', headers: { 'x-team': 'ops', authorization: 'tok-0123456789' } });
    expect(JSON.parse(one?.body ?? '{}')).toEqual({
      type: 'nodetide.node-failed',
      timestamp: '2026-01-02T03:04:05.000Z',
      data: {
        severity: 'critical',
        title: MESSAGE.title,
        body: MESSAGE.body,
        link: MESSAGE.link,
        fleet: 'acme',
        rollout: 'r-1',
        cluster: 'prod',
        node: 'n1',
        step: 'upgrade',
      },
    });
    const said = (name: string) => String(one?.headers[name]);
    const signed = `${said('webhook-id')}.${said('webhook-timestamp')}.${one?.body}`;
    const key = Buffer.from('a key of 24 bytes or so..');
    expect(said('webhook-signature')).toBe(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
    expect(said('webhook-id')).toBe('r-1_5-0-node-failed_ops');
    expect(Math.abs(Number(said('webhook-timestamp')) - Date.now() / 1000)).toBeLessThan(300);
  });

  it('mail: text and HTML, a Message-ID of the message, a thread of the rollout', async () => {
    expect((await send(mailTarget('m', mail.port))).left).toEqual(['may leave, heard nothing', 'has left']);
    const one = mail.mails.at(-1);
    expect(one).toMatchObject({ from: 'nodetide@example.org', to: ['ops@example.org'], secure: false });
    expect(one?.raw).toContain('Subject: [acme] prod/n1 failed at upgrade');
    expect(one?.raw).toContain('Message-ID: <r-1_5-0-node-failed_ops@example.org>');
    expect(one?.raw).toContain('References: <r-1.acme@example.org>');
    expect(one?.raw).toContain('X-Priority: 1');
    // Quoted-printable breaks lines where it likes.
    expect(one?.raw.replaceAll('=\r\n', '')).toMatch(
      /text\/plain[\s\S]*failed: <!channel> & \*bold\*[\s\S]*text\/html[\s\S]*&lt;!channel&gt; &amp;/,
    );
  });

  it('mail with STARTTLS and a log-in', async () => {
    const auth = { user: 'nodetide', password: { file: join(dir, 'password') } };
    const secure = { tls: 'starttls', caFile: join(dir, 'cert.pem'), auth };
    expect((await send(mailTarget('m', secureMail.port, secure))).answer).toBe('250 taken');
    expect(secureMail.mails.at(-1)).toMatchObject({ secure: true, user: 'nodetide' });
  });

  it('https with an authority of its own, directly and through a proxy', async () => {
    const target = hookTarget('h', `${secureWeb.url}/tls`, { caFile: join(dir, 'cert.pem') });
    expect((await send(target)).answer).toBe('HTTP 200: ok');
    const asked: string[] = [];
    const proxy = createServer().on('connect', (request, socket) => {
      asked.push(request.url ?? '');
      const [host = '', port = ''] = (request.url ?? '').split(':');
      const far = connect(Number(port), host, () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        far.pipe(socket).pipe(far);
      });
      for (const each of [far, socket]) each.on('error', () => {});
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    vi.stubEnv('https_proxy', `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`);
    vi.stubEnv('no_proxy', 'example.org');
    expect((await send(target)).answer).toBe('HTTP 200: ok');
    expect(asked).toEqual([secureWeb.url.slice('https://'.length)]);
    vi.stubEnv('no_proxy', 'example.org 127.0.0.1');
    expect((await send(target)).answer).toBe('HTTP 200: ok');
    expect(asked).toHaveLength(1);
    vi.stubEnv('https_proxy', '');
    proxy.close();
  });
});

describe('what is refused', () => {
  const failed = (code: string, message: RegExp) => ({ answer: { code, message: expect.stringMatching(message) } });

  it('answers that no further attempt will change, and those that one may; secrets are not repeated', async () => {
    const target = chatTarget('slack', 'ops', url('SLACK', `${web.url}/services/T0/secretsecretsecret`));
    web.react = ({ path }) => ({ status: 400, body: `invalid_payload at ${path}` });
    expect(await send(target)).toMatchObject(
      failed('notify-refused', /^the target refused.*HTTP 400: invalid_payload at \*\*\*$/),
    );
    web.react = () => ({ status: 429, headers: { 'retry-after': '7' }, body: 'slow' });
    expect(await send(target)).toMatchObject({
      answer: { code: 'notify-no-answer', retryable: true, retryAfterMs: 7_000 },
    });
    web.react = () => ({ status: 307, headers: { location: `${web.url}/elsewhere` } });
    expect(await send(target)).toMatchObject(failed('notify-no-answer', /redirects, which is not followed/));
    expect(web.heard.some(({ path }) => path === '/elsewhere')).toBe(false);
  });

  it('what cannot be trusted: certificates of nobody, plain http for a secret, mail in the clear', async () => {
    expect(await send(hookTarget('h', secureWeb.url))).toMatchObject(
      failed('notify-no-answer', /self-signed certificate/),
    );
    const open = chatTarget('teams', 't', url('TEAMS', 'http://192.0.2.1/secret'));
    expect(await send(open)).toMatchObject(failed('notify-settings', /^the URL is no https URL$/));
    const bare = mailTarget('m', mail.port, { tls: 'starttls' });
    expect(await send(bare)).toMatchObject(failed('notify-no-answer', /STARTTLS/i));
    const unknown = mailTarget('m', secureMail.port, { tls: 'starttls' });
    expect(await send(unknown)).toMatchObject(failed('notify-no-answer', /self-signed certificate/));
  });

  it('secrets that are not there, log-ins that fail', async () => {
    expect(await send(hookTarget('h', web.url, { secret: { env: 'NOWHERE' } }))).toMatchObject(
      failed('notify-settings', /the secret to sign with: there is nothing in the variable NOWHERE/),
    );
    const auth = { user: 'nodetide', password: { env: 'HOOK_TOKEN' } };
    const wrong = mailTarget('m', secureMail.port, { tls: 'starttls', caFile: join(dir, 'cert.pem'), auth });
    expect(await send(wrong)).toMatchObject(failed('notify-no-answer', /wrong: \*\*\*/));
  });

  it('a sender that lost its message keeps its end to itself', async () => {
    const [requests, mails] = [web.heard.length, mail.mails.length];
    const mayLeave = () => Promise.reject(new Error('another sender has it'));
    for (const target of [hookTarget('h', web.url), mailTarget('m', mail.port)]) {
      expect(await send(target, { mayLeave })).toMatchObject({ left: ['may leave, heard nothing'] });
    }
    expect([web.heard.length, mail.mails.length]).toEqual([requests, mails]);
  });
});

const of = (path: string) => (heard: { path: string }) => heard.path === path;
const titles = (path: string) =>
  web.heard.filter(of(path)).map(({ body }) => (JSON.parse(body) as { data: { title: string } }).data.title);

describe('the way of messages', () => {
  it('keeps the order of a target through failures; one that hangs or refuses holds up no other', async () => {
    const it = await notifyWorld(shared, 'order');
    let failures = 3;
    web.react = ({ path }) => {
      if (path === '/hangs') return 'hang';
      if (path === '/shaky' && failures-- > 0) return { status: 503 };
      return path === '/wrong' ? { status: 400, body: 'no such field' } : { status: 200 };
    };
    const names = ['hangs', 'shaky', 'wrong', 'well'];
    const targets = names.map(name =>
      hookTarget(name, `${web.url}/${name}`, name === 'hangs' ? { timeoutMs: 150, giveUpMs: 100 } : {}),
    );
    await put(
      it.outbox,
      [1, 2, 3].flatMap(at => targets.map(target => delivery(target, `m${at}-${target.name}`, `m${at}`))),
    );
    // What is known is left out.
    await put(it.outbox, [delivery(targets[3] ?? hookTarget('x'), 'm1-well', 'again')]);
    const stop = it.start();
    await vi.waitFor(async () => expect(await it.outbox.lanes()).toEqual([]), { timeout: 20_000, interval: 20 });
    expect(titles('/well')).toEqual(['m1', 'm2', 'm3']);
    expect(titles('/shaky')).toEqual(['m1', 'm1', 'm1', 'm1', 'm2', 'm3']);
    const list = await it.outbox.list();
    const notes = (name: string) =>
      list
        .filter(each => each.delivery.target.name === name)
        .map(({ state, attempts, note }) => `${state} ${attempts} ${note}`);
    expect(notes('wrong')).toEqual(Array(3).fill('given-up 1 the target refused the message: HTTP 400: no such field'));
    expect(notes('hangs')).toEqual(
      Array(3).fill(expect.stringMatching(/^given-up \d no answer within 150 ms \(attempt \d, the last\)$/)),
    );
    expect(notes('shaky').at(-1)).toBe('sent 4 HTTP 200');
    const ends = (sent: number, givenUp: number) => ({ ended: { sent, 'given-up': givenUp, doubtful: 0 }, waiting: 0 });
    expect(await it.outbox.tally()).toMatchObject([
      { target: 'hangs', ...ends(0, 3) },
      { target: 'shaky', ...ends(3, 0) },
      { target: 'well', ...ends(3, 0) },
      { target: 'wrong', ...ends(0, 3) },
    ]);
    expect(it.logged.filter(text => text === 'a notification was given up')).toHaveLength(6);
    await stop();
    await it.close();
  });

  it('a rollout is told once by several schedulers and over their ends, and none is told of twice', async () => {
    const it = await notifyWorld(shared, 'rollout');
    const plan = toldPlan({
      targets: [hookTarget('all', `${web.url}/all`)],
      routes: [route(['all'], { blockedForMs: 1 })],
    });
    expect(await it.store.create('r-1', plan, 'ann', false)).toEqual({ ok: true });
    const quiet = await it.store.create('r-2', toldPlan({}, ['q1']), 'ann', true);
    expect(quiet.ok).toBe(false);
    const first = [it.start(), it.start()];
    await it.store.tell('r-1', { type: 'rollout-started' });
    await web.until(1, of('/all'));
    await it.store.waiting('r-1', { cluster: 'a', wave: 0, slot: 's' }, ['gate ceph: HEALTH_WARN']);
    await web.until(2, of('/all'));
    await Promise.all(first.map(stop => stop()));
    // Whoever was overtaken moves nothing and adds nothing.
    const old = { position: '', told: [], isOver: true };
    expect(await it.outbox.advance('r-1', 0, old, [delivery(hookTarget('all', `${web.url}/all`), 'late')])).toBe(false);
    await it.store.waiting('r-1', { cluster: 'a', wave: 0, slot: 's' }, []);
    await it.store.tell('r-1', { type: 'rollout-paused', by: 'ann', why: '' });
    const second = it.start();
    await web.until(4, of('/all'));
    // What comes last before the end is told by the last words.
    await it.store.tell('r-1', { type: 'rollout-ended', outcome: 'done' });
    await second();
    const blocked = /^\[tiny\] wave a\/1 has been blocked for \d+s$/;
    expect(titles('/all').filter(title => !title.includes('has been paused'))).toEqual([
      '[tiny] rollout of 3 nodes started',
      expect.stringMatching(blocked),
      expect.stringMatching(/^\[tiny\] over: wave a\/1, after \d+s$/),
      '[tiny] rollout paused by ann',
      expect.stringMatching(/^\[tiny\] rollout done in/),
    ]);
    expect((await it.outbox.followed('r-1')).isOver).toBe(true);
    expect(await it.outbox.unfinished()).toEqual([]);
    await it.close();
  });

  it('what has left when its sender died is repeated only where an id tells', async () => {
    const it = await notifyWorld(shared, 'doubt');
    const slack = chatTarget('slack', 'chat', url('SLACK', `${web.url}/doubt`));
    const hook = hookTarget('hook', `${web.url}/doubt-hook`);
    await put(it.outbox, [delivery(slack, 'd1'), delivery(hook, 'd2')]);
    for (const [lane, id] of [
      ['tiny_chat', 'd1'],
      ['tiny_hook', 'd2'],
    ] as const) {
      expect(await it.outbox.take(lane, 'dead', 60_000)).toMatchObject({ kind: 'ready', attempt: 1, inDoubt: false });
      expect(await it.outbox.mayLeave(id, 'other')).toBe(false);
      expect(await it.outbox.mayLeave(id, 'dead')).toBe(true);
      await it.outbox.hasLeft(id, 'dead');
      await it.outbox.renew(id, 'dead', 60_000);
      expect(await it.outbox.take(lane, 'early', 0)).toMatchObject({ kind: 'later' });
      await it.outbox.renew(id, 'dead', 0);
    }
    const stop = it.start();
    await vi.waitFor(async () => expect(await it.outbox.lanes()).toEqual([]), { timeout: 20_000, interval: 20 });
    expect(web.heard.filter(of('/doubt'))).toEqual([]);
    expect(web.heard.filter(of('/doubt-hook')).map(({ headers }) => headers['webhook-id'])).toEqual(['d2']);
    expect((await it.outbox.list()).map(({ delivery: { id }, state }) => `${id} ${state}`).toSorted()).toEqual([
      'd1 doubtful',
      'd2 sent',
    ]);
    expect(await it.outbox.settle('tiny_hook', 'd2', 'dead', { state: 'sent', note: '' })).toBe(false);
    await stop();
    await it.close();
  });
});
