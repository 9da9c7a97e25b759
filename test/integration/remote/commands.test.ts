import { afterEach, expect, it } from 'vitest';
import { newToken, parseTokens } from '../../../services/api/access/tokens.ts';
import { register as acts } from '../../../services/cli/commands/acts.ts';
import { register as approvals } from '../../../services/cli/commands/approvals.ts';
import { register as events } from '../../../services/cli/commands/events.ts';
import { register as list } from '../../../services/cli/commands/list.ts';
import { register as logs } from '../../../services/cli/commands/logs.ts';
import { register as report } from '../../../services/cli/commands/report.ts';
import { register as status } from '../../../services/cli/commands/status.ts';
import { register as up } from '../../../services/cli/commands/up.ts';
import type { Role } from '../../../shared/domain/access/role.ts';
import type { RolloutEvent } from '../../../shared/domain/events.ts';
import { fail } from '../../../shared/domain/failures/catalogue.ts';
import { type ListeningApi, listen, partsOf, rolloutsOf } from '../../helpers/api-server.ts';
import type { TestEngine } from '../../helpers/engine.ts';
import { testEngines } from '../../helpers/engines.ts';
import { tinyPlan } from '../../helpers/plan.ts';
import { freePort } from '../../helpers/ports.ts';
import { remoteWiring, runOn } from '../../helpers/remote-cli.ts';
import { until } from '../../helpers/scheduled.ts';
import { ScriptedSteps } from '../../helpers/scripted-steps.ts';

const COMMANDS = [list, status, events, logs, report, approvals, acts, up];
const PLAN = tinyPlan({ stages: { dev: { a: [{ nodes: ['n1', 'n2'], concurrency: 2 }, { nodes: ['n3'] }] } } });

const engines = await testEngines();
const servers: ListeningApi[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map(server => server.stop()));
});

/** What a command prints and how it ends. */
function run(engine: TestEngine, args: readonly string[], env: Record<string, string> = {}) {
  return runOn(remoteWiring(engine, env), COMMANDS, args);
}

async function served(engine: TestEngine, ...names: readonly (readonly [name: string, role: Role])[]) {
  const made = names.map(([name, role]) => newToken(name, role));
  const tokens = made.flatMap(({ line }) => parseTokens(line, 'tokens'));
  const server = await listen(partsOf(rolloutsOf(engine)), tokens.length > 0 ? { tokens: async () => tokens } : {});
  servers.push(server);
  const envs = made.map(({ token }) => ({ NODETIDE_TOKEN: token, NODETIDE_SERVER: server.url }));
  return { url: server.url, envs };
}

/** A rollout that waits for a person: the upgrade of n2 has failed. */
async function stuck(engine: TestEngine) {
  const steps = new ScriptedSteps();
  steps.on('n2', 'upgrade', () => Promise.reject(fail('step-timeout', { message: 'it took too long' })));
  const id = await engine.rollout(PLAN);
  await engine.scheduler();
  await engine.worker(steps.steps());
  await engine.event(id, event => event.type === 'step-failed');
  return { id, steps };
}

it('prints the same of a server as of its own Redis', async () => {
  const engine = await engines();
  const { id, steps } = await stuck(engine);
  steps.on('n2', 'upgrade', null);
  await engine.command(id, { kind: 'retry', cluster: 'a', node: 'n2' });
  await engine.ended(id);
  const { url } = await served(engine);
  const commands = [
    ['list'],
    ['list', '-o', 'json'],
    ['status'],
    ['status', '--nodes', '-o', 'json'],
    ['status', '--node', 'a/n2'],
    ['status', 'nobody'],
    ['events', id],
    ['events', '-o', 'json', '--tail', '3'],
    ['logs', 'n2'],
    ['report', '--zone', 'UTC'],
    ['report', '-o', 'json'],
    ['approvals'],
  ];
  for (const args of commands) {
    const [here, there] = await Promise.all([run(engine, args), run(engine, [...args, '--server', url])]);
    expect(there, args.join(' ')).toEqual(here);
    expect(here.out.length + here.err.length).toBeGreaterThan(0);
  }
});

it('lets two follow and act on the same rollout from elsewhere, as whom the server knows them', async () => {
  const engine = await engines();
  const { id, steps } = await stuck(engine);
  const { envs } = await served(engine, ['alice', 'operator'], ['bob', 'operator'], ['eve', 'viewer']);
  const [alice = {}, bob = {}, eve = {}] = envs;
  steps.on('n2', 'upgrade', null);
  const following = [alice, bob].map(env => run(engine, ['events', id, '-f', '-o', 'json'], env));

  const refused = await run(engine, ['retry', 'n2'], eve);
  expect([refused.code, refused.out]).toEqual([5, []]);
  expect(refused.err).toEqual([expect.stringMatching(/^nodetide: http:\S+ refuses this: .*operator/)]);
  const answers = await Promise.all([alice, bob].map(env => run(engine, ['retry', 'n2', '--reason', 'mended'], env)));
  expect(answers.map(({ code }) => code)).toEqual([0, 0]);
  expect(answers.flatMap(({ out }) => out).filter(note => note.startsWith('already'))).toHaveLength(1);
  expect((await run(engine, ['status', '-f', id], eve)).code).toBe(0);

  const journal = await engine.store.events(id);
  for (const { code, out } of await Promise.all(following)) {
    expect(code).toBe(0);
    expect(out.map(line => JSON.parse(line) as RolloutEvent)).toEqual(journal);
  }
  const retried = journal.filter(event => event.type === 'node-retried');
  expect(retried).toMatchObject([{ by: expect.stringMatching(/^(alice|bob)$/), why: 'mended' }]);
  const late = await run(engine, ['pause'], alice);
  expect([late.code, late.err]).toEqual([4, [expect.stringMatching(/^refused: /)]]);
});

it('says in one line what cannot be', async () => {
  const engine = await engines();
  const { url, envs } = await served(engine, ['alice', 'admin']);
  const unknown = { NODETIDE_TOKEN: newToken('mallory', 'admin').token };
  const cases: readonly [readonly string[], Record<string, string>, number, RegExp][] = [
    [['list', '--server', url], {}, 5, /does not let us in: give a token/],
    [['list', '--server', url], unknown, 5, /does not let us in: the token is not known there/],
    [['list', '--server', 'http://127.0.0.1:1'], {}, 5, /cannot be reached/],
    [['up', '--server', url], {}, 2, /up is done where the engine runs/],
    [['list', '--server', url, '--data', '/x'], {}, 2, /not both/],
    [['status', 'r-1'], envs[0] ?? {}, 4, /there is no rollout r-1/],
  ];
  for (const [args, env, code, message] of cases) {
    const answer = await run(engine, args, env);
    expect(answer).toEqual({ code, out: [], err: [expect.stringMatching(message)] });
  }
});

it('goes on where it was cut off when the server was away', async () => {
  const engine = await engines();
  const { id, steps } = await stuck(engine);
  const parts = partsOf(rolloutsOf(engine));
  const port = await freePort();
  const first = await listen(parts, {}, port);
  const args = ['events', id, '-f', '-o', 'json', '--server', first.url];
  const wiring = remoteWiring(engine);
  const { stdout } = wiring.terminal;
  const following = runOn(wiring, COMMANDS, args);
  const before = (await engine.store.events(id)).length;
  await until(async () => stdout.length >= before || undefined, 'what has happened until now');
  // One more comes over the stream, which is open then.
  await engine.command(id, { kind: 'pause' });
  await until(async () => stdout.some(line => line.includes('"rollout-paused"')) || undefined, 'an event as it comes');
  await first.stop();

  steps.on('n2', 'upgrade', null);
  await engine.command(id, { kind: 'resume' });
  await engine.command(id, { kind: 'retry', cluster: 'a', node: 'n2' });
  await engine.event(id, event => event.type === 'step-done' && event.node === 'n2');
  servers.push(await listen(parts, {}, port));
  expect((await following).code).toBe(0);
  expect(stdout.map(line => JSON.parse(line) as RolloutEvent)).toEqual(await engine.store.events(id));
});
