import { hostname } from 'node:os';
import { expect, it } from 'vitest';
import { lineLog } from '../../../services/cli/wire/log.ts';
import { withoutSecrets } from '../../../shared/domain/redact.ts';
import { jsonLog } from '../../../shared/telemetry/json-log.ts';

/** What a JSON log wrote. */
function written(level: 'info' | 'warn' | 'error' = 'info') {
  const lines: string[] = [];
  const log = jsonLog({ write: line => lines.push(line), level, service: 'worker' });
  return { log, objects: () => lines.map(line => JSON.parse(line) as Record<string, unknown>), lines };
}

it('writes an object a line with who speaks, when, and the ids', () => {
  const { log, objects, lines } = written();
  log.info({ rollout: 'r1', cluster: 'a', node: 'n1', step: 'drain', job: 'r1_a_n1_r1_drain' }, 'step\nstarted');
  const [first] = objects();
  expect(lines[0]).not.toContain('\n');
  expect(first).toEqual({
    level: 'info',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    service: 'worker',
    host: hostname(),
    pid: process.pid,
    rollout: 'r1',
    cluster: 'a',
    node: 'n1',
    step: 'drain',
    job: 'r1_a_n1_r1_drain',
    message: 'step\nstarted',
  });
});

it('leaves out what is below its level, and never throws', () => {
  const { log, objects } = written('warn');
  const round: Record<string, unknown> = {};
  round['self'] = { n: 1n, f: () => 1, error: new Error('broken') };
  log.info({}, 'nothing');
  log.warn({ list: ['a', { b: 'c' }] }, 'something');
  log.error({ error: new Error('broken') }, 'trouble');
  expect(objects().map(each => [each['level'], each['message']])).toEqual([
    ['warn', 'something'],
    ['error', 'trouble'],
  ]);
  expect(objects()[1]?.['error']).toBe('broken');
  expect(() => log.warn(round, 'odd')).not.toThrow();
  round['self'] = round;
  expect(() => log.warn(round, 'round')).not.toThrow();
});

it('has each name once, whatever fields are called', () => {
  const { log, objects, lines } = written();
  log.info({ message: 'm1', host: 'n1', deep: { time: 1 } }, 'told');
  expect(lines[0]?.match(/"(?:message|host)":/g)).toEqual(['"host":', '"message":']);
  const shown = { message: 'told', 'field.message': 'm1', 'field.host': 'n1', host: hostname(), deep: { time: 1 } };
  expect(objects()[0]).toMatchObject(shown);
});

const SECRETS = [
  ['trouble with redis://nodetide:hunter2@redis:6379/1', 'hunter2'],
  ['rediss+sentinel://:hunter2@a:1,b:2/group', 'hunter2'],
  ['Authorization: Bearer abcdefghijklmnop', 'abcdefghijklmnop'],
  ['authorization: Basic dXNlcjpwYXNzd29yZA==', 'dXNlcjpwYXNzd29yZA'],
  ['the token ntd_S0mE-Base64url_text was refused', 'S0mE-Base64url'],
  ['https://hooks.example/x?token=hunter2&a=1', 'hunter2'],
  ['password: hunter2', 'hunter2'],
  ['the environment had SMTP_PASSWORD=hunter2', 'hunter2'],
  ['{"client_secret": "hunter2", "a": 1}', 'hunter2'],
  ['-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaA\n-----END OPENSSH PRIVATE KEY-----', 'b3BlbnNzaA'],
] as const;

it.each(SECRETS)('shows nothing of the secret in %j', (text, secret) => {
  const { log, lines } = written();
  log.warn({ error: text, deep: { list: [text] }, password: secret, token: secret }, text);
  lineLog(
    line => lines.push(line),
    () => 0,
    'info',
  ).warn({ error: text }, text);
  expect(lines).toHaveLength(2);
  expect(lines.join('\n')).not.toContain(secret);
});

it('leaves texts alone that hold no secret', () => {
  for (const text of [
    'waiting for shop/web-1: budget web',
    'opens Mon 2026-11-23 01:00 UTC',
    'http://127.0.0.1:7070/x',
  ])
    expect(withoutSecrets(text)).toBe(text);
});
