import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { register } from '../../../services/cli/commands/notify.ts';
import { EXIT } from '../../../services/cli/exit.ts';
import { runProgram } from '../../../services/cli/program.ts';
import { fail } from '../../../shared/domain/failures/catalogue.ts';
import type { NoticeMessage } from '../../../shared/domain/notify/notice.ts';
import type { Notifier } from '../../../shared/ports/notifier.ts';
import { FakeRollouts, FakeSession, FakeWiring } from '../../helpers/cli-wiring.ts';
import { delivery, hookTarget } from '../../helpers/notify.ts';
import { tinyPlan } from '../../helpers/plan.ts';

const FLEET = `fleet: acme
stages: [{name: one, clusters: [dev]}]
clusters: {dev: {kubernetes: {kubeconfig: kubeconfig, context: dev}, waves: [{sequences: [1]}], ssh: {user: ops, knownHosts: known_hosts}}}
`;
const TOLD = `notifications:
  targets:
    good: {kind: webhook, url: 'https://good.example'}
    bad: {kind: slack, url: {env: SLACK}}
  routes: [{to: [good, bad]}]
`;

let folder: string;
let file: string;
let wiring: FakeWiring;
let sent: { target: string; message: NoticeMessage }[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'notify-'));
  file = join(folder, 'fleet.yaml');
  writeFileSync(file, FLEET + TOLD);
  writeFileSync(join(folder, 'known_hosts'), '');
  writeFileSync(join(folder, 'kubeconfig'), 'contexts: [{name: dev}]\n');
  sent = [];
  const notifier: Notifier = {
    send: async ({ name }, message, attempt) => {
      await attempt.mayLeave();
      attempt.hasLeft();
      sent.push({ target: name, message });
      if (name === 'bad') throw fail('notify-refused', { message: 'the target refused the message: HTTP 410' });
      return 'HTTP 200: ok';
    },
  };
  wiring = new FakeWiring(new FakeSession(new FakeRollouts(tinyPlan({ stages: { s: { c: [{ nodes: ['a'] }] } } }))));
  Object.assign(wiring, { openNotifier: async () => notifier });
});
afterEach(() => rmSync(folder, { recursive: true }));

const run = (...args: string[]) => runProgram([register], wiring, args);
const out = () => [...wiring.terminal.stdout, ...wiring.terminal.stderr].join('\n');

it('notify test sends a message that says what it is to every target, shows the answers, and fails with one of them', async () => {
  expect(await run('notify', 'test', '-f', file)).toBe(EXIT.failed);
  expect(out()).toMatch(
    /✓ good \(webhook\): HTTP 200: ok\n✗ bad \(slack\): the target refused the message: HTTP 410\n {2}The target/,
  );
  expect(sent.map(each => each.target)).toEqual(['good', 'bad']);
  expect(sent[0]?.message).toMatchObject({ event: 'test', title: '[acme] test of the notifications' });
  expect(sent[0]?.message.body).toMatch(/^This is only a test, which me@here asked for/);
});

it('notify test takes names, and says which there are', async () => {
  expect(await run('notify', 'test', 'good', '-f', file)).toBe(EXIT.done);
  expect(sent.map(each => each.target)).toEqual(['good']);
  expect(await run('notify', 'test', 'god', '-f', file)).toBe(EXIT.badInput);
  expect(out()).toMatch(/there is no target god; did you mean good\?/);
  writeFileSync(file, FLEET);
  expect(await run('notify', 'test', '-f', file)).toBe(EXIT.badInput);
  expect(out()).toMatch(/fleet.yaml has no notifications/);
});

it('notify list shows what was sent, waits, or was given up, without settings of targets', async () => {
  const record = {
    delivery: delivery(hookTarget('bus', 'https://bus.example'), 'd1', 'hello'),
    addedAtMs: 0,
    nextAtMs: 0,
  };
  wiring.session.told.push({ ...record, state: 'given-up', attempts: 7, endedAtMs: 1, note: 'HTTP 503' });
  expect(await run('notify', 'list')).toBe(EXIT.done);
  expect(out()).toMatch(/STATE +TARGET +ATTEMPTS[^\n]*\ngiven-up +bus +7 .*hello +HTTP 503/);
  expect(await run('notify', 'list', '-o', 'json')).toBe(EXIT.done);
  expect(out()).toMatch(/"target": "bus"/);
  expect(out()).not.toMatch(/bus\.example/);
});

it('names the whole command that knows no server: the list of rollouts knows one', async () => {
  expect(await run('notify', 'list', '--server', 'http://far')).toBe(EXIT.usage);
  expect(out()).toBe('nodetide: notify list is done where the engine runs: it knows no --server');
});
