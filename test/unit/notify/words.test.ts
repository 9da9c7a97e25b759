import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Notice, NoticeMessage } from '../../../shared/domain/notify/notice.ts';
import { templateTrouble, writeMessage } from '../../../shared/domain/notify/template.ts';
import { mailHtml } from '../../../shared/notify/mail-text.ts';
import { proxyFor } from '../../../shared/notify/proxy.ts';
import { slackMessage } from '../../../shared/notify/slack.ts';
import { teamsMessage } from '../../../shared/notify/teams.ts';
import { webhookHeaders } from '../../../shared/notify/webhook.ts';

const NOTICE: Notice = {
  key: 'k',
  event: 'node-failed',
  severity: 'critical',
  weight: 'critical',
  atMs: 0,
  clusters: [],
  fields: { title: 'T', what: 'W', node: 'n1', link: 'https://x.example' },
};

describe('templates', () => {
  it('leave out lines whose placeholders are all empty, and nothing else', () => {
    const body = 'always\n{seen}\nSeen: {seen} on {node}\n{event} {severity}\n\n{why}{todo}\n';
    expect(writeMessage(NOTICE, { body }).body).toBe('always\nSeen:  on n1\nnode-failed critical\n');
  });

  it('do not fill what was filled in', () => {
    const fields = { ...NOTICE.fields, what: '{node} {todo} $&' };
    expect(writeMessage({ ...NOTICE, fields }, { title: '{what}', body: '{what}' })).toMatchObject({
      title: '{node} {todo} $&',
      body: '{node} {todo} $&',
    });
  });

  it.each([
    ['{node}', null],
    ['', 'it is empty'],
    ['{Node}', /^\{Node\} is none of/],
    ['{}', /^\{\} is none of/],
  ])('%j', (text, trouble) => {
    if (trouble === null) expect(templateTrouble(text)).toBe(null);
    else expect(templateTrouble(text)).toMatch(trouble);
  });
});

const anyMessage = fc
  .record({ title: fc.string(), body: fc.string({ maxLength: 9_000 }), node: fc.string({ maxLength: 9_000 }) })
  .map(
    ({ title, body, node }): NoticeMessage =>
      writeMessage({ ...NOTICE, fields: { title, what: body, node, link: 'https://x.example/?a=1&b=2' } }, {}),
  );

describe('any words', () => {
  it('fit the limits of Slack and Teams, and hold no markup of theirs', () => {
    fc.assert(
      fc.property(anyMessage, message => {
        const slack = slackMessage(message);
        const [header, ...sections] = slack.blocks as readonly {
          text?: { type: string; text: string };
          fields?: { type: string; text: string }[];
        }[];
        expect(header?.text?.text.length).toBeLessThanOrEqual(150);
        for (const text of sections.flatMap(({ text: one, fields = [] }) => [...(one ? [one] : []), ...fields])) {
          expect(text.type).toBe('plain_text');
          expect(text.text.length).toBeLessThanOrEqual(3_000);
          expect(text.text.length).toBeGreaterThan(0);
        }
        expect(slack.text).not.toMatch(/<|>/);
        expect(JSON.stringify(teamsMessage({ ...message, fields: {} })).length).toBeLessThan(28_000);
        expect(
          mailHtml(message).replaceAll(/<\/?(?:!doctype html|html|body|h2|p|table|tr|td|a)(?: [^<>]*)?>/g, ''),
        ).not.toMatch(/[<>]/);
      }),
    );
  });
});

describe('signatures', () => {
  // The example of the specification.
  it('are those of Standard Webhooks', () => {
    const body = '{"test": 2432232314}';
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    expect(webhookHeaders('msg_p5jXN8AQM9LWM0D4loKWxJek', 1_614_265_330_000, body, secret)).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  it('are left out without a secret', () => {
    expect(webhookHeaders('m', 1_000, 'x', null)).toEqual({ 'webhook-id': 'm', 'webhook-timestamp': '1' });
  });
});

describe('proxies', () => {
  const HTTPS = 'https://a.example.org/';
  it.each([
    [HTTPS, { HTTPS_PROXY: 'http://p:3128' }, 'http://p:3128/'],
    [HTTPS, { https_proxy: 'http://p:3128', HTTPS_PROXY: 'http://q' }, 'http://p:3128/'],
    [HTTPS, {}, null],
    [HTTPS, { HTTPS_PROXY: 'no url' }, null],
    [HTTPS, { HTTPS_PROXY: 'socks5://p' }, null],
    [HTTPS, { HTTPS_PROXY: 'http://p', NO_PROXY: 'example.org' }, null],
    [HTTPS, { HTTPS_PROXY: 'http://p', NO_PROXY: 'x.y, .example.org' }, null],
    [HTTPS, { HTTPS_PROXY: 'http://p', NO_PROXY: '*' }, null],
    [HTTPS, { HTTPS_PROXY: 'http://p', NO_PROXY: 'ample.org' }, 'http://p/'],
    ['http://a.example.org/', { HTTPS_PROXY: 'http://p' }, null],
  ])('%s with %j: %s', (url, env, proxy) => {
    expect(proxyFor(new URL(url), env)?.href ?? null).toBe(proxy);
  });
});
