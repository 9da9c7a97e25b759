import { beforeEach, describe, expect, it } from 'vitest';
import { register as acts } from '../../../services/cli/commands/acts.ts';
import { register as events } from '../../../services/cli/commands/events.ts';
import { register as limits } from '../../../services/cli/commands/limits.ts';
import { register as list } from '../../../services/cli/commands/list.ts';
import { register as logs } from '../../../services/cli/commands/logs.ts';
import { register as serve } from '../../../services/cli/commands/serve.ts';
import { register as status } from '../../../services/cli/commands/status.ts';
import { register as up } from '../../../services/cli/commands/up.ts';
import { CliError, EXIT } from '../../../services/cli/exit.ts';
import { runProgram } from '../../../services/cli/program.ts';
import type { Command } from '../../../shared/domain/command.ts';
import { fail } from '../../../shared/domain/failures/catalogue.ts';
import { FakeRollouts, FakeSession, FakeWiring } from '../../helpers/cli-wiring.ts';
import { tinyPlan } from '../../helpers/plan.ts';

const plan = tinyPlan({ stages: { s: { c1: [{ nodes: ['a', 'b'] }], c2: [{ nodes: ['a'] }] } } });
let rollouts: FakeRollouts;
let wiring: FakeWiring;

beforeEach(() => {
  rollouts = new FakeRollouts(plan);
  wiring = new FakeWiring(new FakeSession(rollouts));
});

const run = (...args: string[]) => runProgram([acts, events, limits, list, logs, serve, status, up], wiring, args);
const claimed = {
  type: 'node-claimed',
  cluster: 'c1',
  node: 'b',
  wave: 0,
  slot: 's',
  round: 1,
  adopted: false,
} as const;

describe('the program', () => {
  it.each([
    [['--help'], EXIT.done],
    [['status', '--help'], EXIT.done],
    [['--version'], EXIT.done],
    [[], EXIT.usage],
    [['nonsense'], EXIT.usage],
    [['status', '--nonsense'], EXIT.usage],
    [['list', '-o', 'xml'], EXIT.usage],
    [['worker', '--steps=drain,dance'], EXIT.usage],
    [['worker', '--concurrency=0'], EXIT.usage],
    [['up', '--port=65536'], EXIT.usage],
    [['retry'], EXIT.usage],
    [['retry', 'b', '--all'], EXIT.usage],
    [['redo'], EXIT.usage],
    [['concurrency', 'c1/1'], EXIT.usage],
    [['concurrency', 'c1/1', '0'], EXIT.usage],
    [['failure-budget', 'c1'], EXIT.usage],
    [['failure-budget', 'c1', '-1'], EXIT.usage],
    [['list'], EXIT.done],
  ])('ends %j with %i', async (args, code) => {
    expect(await run(...args)).toBe(code);
  });

  it.each([
    [fail('redis-unreachable', { message: 'gone' }), EXIT.cannotConnect],
    [fail('host-key-unknown', { message: 'unknown' }), EXIT.cannotConnect],
    [new CliError(EXIT.badInput, 'bad'), EXIT.badInput],
    [new Error('surprise'), EXIT.failed],
  ])('ends with the code of %s and says it', async (error, code) => {
    wiring.openSession = () => Promise.reject(error);
    expect(await run('list')).toBe(code);
    expect(wiring.terminal.stderr.join('\n')).toContain(`nodetide: ${error.message}`);
  });

  it('closes the session also when the command fails', async () => {
    expect(await run('status', 'r-2')).toBe(EXIT.badInput);
    expect(wiring.session.log).toEqual(['close']);
  });
});

describe('where the Redis is', () => {
  it.each([
    [{ REDIS_URL: 'redis://e' }, [], { redis: 'redis://e', data: expect.any(String) }],
    [{ REDIS_URL: 'redis://e' }, ['--redis', 'redis://o'], { redis: 'redis://o', data: expect.any(String) }],
    [{ REDIS_URL: 'redis://e' }, ['--data', '/d'], { data: '/d' }],
    [{ NODETIDE_DATA: '/n' }, [], { data: '/n' }],
    [{ XDG_STATE_HOME: '/x' }, [], { data: '/x/nodetide' }],
  ])('%j %j → %j', async (env, args, place) => {
    wiring.env = env;
    await run('list', ...args);
    expect(wiring.places).toEqual([place]);
  });
});

describe('acts', () => {
  it('says who did it and why', async () => {
    expect(await run('retry', 'b', 'c2/a', '--reason', 'mended')).toBe(EXIT.done);
    expect(rollouts.commands).toEqual([
      { command: { kind: 'retry', cluster: 'c1', node: 'b' }, by: 'me@here', why: 'mended' },
      { command: { kind: 'retry', cluster: 'c2', node: 'a' }, by: 'me@here', why: 'mended' },
    ]);
    expect(wiring.terminal.stderr.join('\n')).toContain('no engine is running');
  });

  it.each<[string[], Command[]]>([
    [['retry', '--all'], [{ kind: 'retry-all' }]],
    [['stop'], [{ kind: 'stop' }]],
    [['exclude', 'b'], [{ kind: 'exclude', cluster: 'c1', node: 'b' }]],
    [['redo', 'b', '--yes'], [{ kind: 'redo', cluster: 'c1', node: 'b' }]],
    [['repaired', 'c2/a', '-y'], [{ kind: 'repaired', cluster: 'c2', node: 'a' }]],
    [['concurrency', 'c1/1', '1'], [{ kind: 'concurrency', cluster: 'c1', wave: 0, concurrency: 1 }]],
    [['concurrency', 'c2/1', '3', '-y'], [{ kind: 'concurrency', cluster: 'c2', wave: 0, concurrency: 3 }]],
    [['failure-budget', '0'], [{ kind: 'failure-budget', place: { of: 'rollout' }, budget: 0 }]],
    [['failure-budget', 'c2', '1'], [{ kind: 'failure-budget', place: { of: 'cluster', cluster: 'c2' }, budget: 1 }]],
    [
      ['failure-budget', 'c1/1', '2'],
      [{ kind: 'failure-budget', place: { of: 'wave', cluster: 'c1', wave: 0 }, budget: 2 }],
    ],
  ])('%j is %j', async (args, commands) => {
    expect(await run(...args, '--reason', 'so')).toBe(EXIT.done);
    expect(rollouts.commands).toEqual(commands.map(command => ({ command, by: 'me@here', why: 'so' })));
  });

  it.each([
    [['concurrency', 'c1/2', '1'], /no wave c1\/2; there are: c1\/1/],
    [['concurrency', 'c1', '1'], /no wave c1;/],
    [['failure-budget', 'c9', '1'], /no cluster c9; there are: c1, c2/],
  ])('%j names what there is', async (args, message) => {
    expect(await run(...args)).toBe(EXIT.badInput);
    expect(wiring.terminal.stderr.join('\n')).toMatch(message);
  });

  it.each([
    ['a', /several clusters/],
    ['z', /no node z/],
  ])('does nothing for %s', async (node, message) => {
    expect(await run('retry', 'b', node)).toBe(EXIT.badInput);
    expect(rollouts.commands).toEqual([]);
    expect(wiring.terminal.stderr.join('\n')).toMatch(message);
  });

  it('ends with 4 and the reason when it is refused', async () => {
    rollouts.answer = { ok: false, note: 'the rollout has ended' };
    expect(await run('pause')).toBe(EXIT.badInput);
    expect(wiring.terminal.stderr).toContain('refused: the rollout has ended');
  });

  it.each([
    ['', false, ['abort'], EXIT.badInput, 0],
    ['n', true, ['abort'], EXIT.failed, 0],
    ['', true, ['skip', 'b'], EXIT.failed, 0],
    ['y', true, ['skip', 'b'], EXIT.done, 1],
    ['', false, ['abort', '--yes'], EXIT.done, 1],
    ['', false, ['pause'], EXIT.done, 1],
    ['n', true, ['redo', 'b'], EXIT.failed, 0],
    ['n', true, ['repaired', 'b'], EXIT.failed, 0],
    ['n', true, ['concurrency', 'c1/1', '2'], EXIT.failed, 0],
    ['', false, ['concurrency', 'c1/1', '1'], EXIT.done, 1],
    ['n', true, ['failure-budget', '1'], EXIT.failed, 0],
    ['', false, ['failure-budget', 'c1', '1'], EXIT.done, 1],
  ])('asks before what cannot be taken back (answer %j, can ask %s, %j)', async (answer, canAsk, args, code, done) => {
    wiring.terminal.answer = answer;
    wiring.terminal.canAsk = canAsk;
    expect(await run(...args)).toBe(code);
    expect(rollouts.commands).toHaveLength(done);
  });
});

describe('looking', () => {
  it('prints status as data', async () => {
    rollouts.tell({ ...claimed, id: '1-0', atMs: 5 });
    await run('status', '-o', 'json');
    const { id, nodes } = JSON.parse(wiring.terminal.stdout.join('')) as {
      id: string;
      nodes: Record<string, { state: string }>;
    };
    expect([id, nodes['c1/b']?.state]).toEqual(['r-1', 'claimed']);
  });

  it('prints a table of nodes', async () => {
    await run('status', '--nodes');
    expect(wiring.terminal.stdout.map(line => line.split(/\s+/).slice(0, 3).join(' '))).toEqual([
      'CLUSTER WAVE NODE',
      'c1 1 a',
      'c1 1 b',
      'c2 1 a',
    ]);
  });

  it('prints events of one node, the last ones, as lines of JSON', async () => {
    const other = { type: 'node-done', cluster: 'c2', node: 'a', round: 1 } as const;
    rollouts.tell({ ...claimed, id: '1-0', atMs: 1 }, { ...other, id: '2-0', atMs: 2 });
    rollouts.tell({ ...claimed, round: 2, id: '3-0', atMs: 3 });
    await run('events', '--node', 'b', '--tail', '1', '-o', 'json');
    expect(wiring.terminal.stdout.map(line => (JSON.parse(line) as { id: string }).id)).toEqual(['3-0']);
  });

  it('follows events until the rollout is over', async () => {
    rollouts.tell({ ...claimed, id: '1-0', atMs: 1 });
    const code = run('events', '-f');
    await wiring.clock.sleep(100);
    rollouts.tell({ type: 'rollout-ended', outcome: 'done', id: '2-0', atMs: 2 });
    expect(await code).toBe(EXIT.done);
    expect(wiring.terminal.stdout).toHaveLength(2);
  });

  it('prints what a node printed, without anything a terminal would act on', async () => {
    const step = { type: 'step-started', cluster: 'c1', node: 'b', round: 1, attempt: 1, epoch: 1 } as const;
    rollouts.tell({ ...claimed, id: '1-0', atMs: 1 }, { ...step, step: 'upgrade', id: '2-0', atMs: 2 });
    rollouts.logLines = { upgrade: ['Unpacking\tx', '\u001b[2J\u001b]0;title\u0007done\n'] };
    await run('logs', 'b');
    expect(wiring.terminal.stdout).toEqual(['── upgrade (running, round 1)', 'Unpacking\tx', 'done']);
  });

  it('goes on printing as more is printed, each line once, until the node is done', async () => {
    rollouts.tell({ ...claimed, id: '1-0', atMs: 1 });
    rollouts.logLines = { drain: ['one'] };
    const code = run('logs', 'b', '-f');
    await wiring.clock.sleep(600);
    rollouts.logLines = { drain: ['one', 'two'] };
    await wiring.clock.sleep(600);
    rollouts.tell({ type: 'node-done', cluster: 'c1', node: 'b', round: 1, id: '2-0', atMs: 2 });
    await code;
    expect(wiring.terminal.stdout.slice(1)).toEqual(['one', 'two']);
  });

  it('reads the journal once, and goes on printing after troubles that pass', async () => {
    rollouts.tell({ ...claimed, id: '1-0', atMs: 1 });
    rollouts.logLines = { drain: ['one'] };
    const { stepLog, events: read } = rollouts;
    const after: (string | undefined)[] = [];
    rollouts.events = (id, from) => {
      after.push(from);
      return read(id, from);
    };
    const code = run('logs', 'b', '-f');
    await wiring.clock.sleep(600);
    rollouts.stepLog = () => Promise.reject(new CliError(EXIT.cannotConnect, 'gone', { mayPass: true }));
    await wiring.clock.sleep(3_000);
    rollouts.stepLog = stepLog;
    rollouts.logLines = { drain: ['one', 'two'] };
    rollouts.tell({ type: 'node-done', cluster: 'c1', node: 'b', round: 1, id: '2-0', atMs: 2 });
    expect(await code).toBe(EXIT.done);
    expect(wiring.terminal.stdout.slice(1)).toEqual(['one', 'two']);
    expect(after.slice(0, 2)).toEqual(['', '1-0']);
  });

  it('ends with a trouble that stays, or will not pass', async () => {
    rollouts.tell({ ...claimed, id: '1-0', atMs: 1 });
    for (const mayPass of [true, false]) {
      const trouble = new CliError(EXIT.cannotConnect, mayPass ? 'gone' : 'not let in', { mayPass });
      rollouts.stepLog = () => Promise.reject(trouble);
      expect(await run('logs', 'b', '-f')).toBe(EXIT.cannotConnect);
    }
    expect(wiring.terminal.stderr).toEqual(['nodetide: gone', 'nodetide: not let in']);
  });
});

describe('services', () => {
  it('runs everything until an interrupt, and stops the engine before what it stands on', async () => {
    const code = run('up', '--port', '0');
    await wiring.clock.sleep(100);
    wiring.interrupt();
    expect(await code).toBe(EXIT.done);
    expect(wiring.session.log).toEqual([
      'start api',
      'start worker all',
      'start scheduler',
      'stop scheduler',
      'stop worker all',
      'stop api',
      'close',
    ]);
  });

  it('does not run twice in one folder', async () => {
    wiring.session.ownsRedis = false;
    expect(await run('up')).toBe(EXIT.failed);
    expect(wiring.terminal.stderr.join('')).toContain('already up');
  });

  it('gives everything back when the engine does not start', async () => {
    wiring.session.startScheduler = () => Promise.reject(new Error('no'));
    expect(await run('up')).toBe(EXIT.failed);
    expect(wiring.session.log.slice(-3)).toEqual(['stop worker all', 'stop api', 'close']);
  });

  it.each([
    ['Redis does not answer', [true, false, false, false], EXIT.cannotConnect],
    ['Redis answers in between, and it takes long', [false, false, true, false, false, true, true], null],
  ])('that stop end at once only when Redis is gone: %s', async (_, looks, exited) => {
    let stopped = () => {};
    const stop = () =>
      new Promise<void>(resolve => {
        stopped = resolve;
      });
    wiring.session.startWorker = async () => ({ stop });
    wiring.session.answers = async () => looks.shift() ?? true;
    const code = run('worker');
    await wiring.clock.sleep(100);
    wiring.interrupt();
    await wiring.clock.sleep(60_000);
    expect([looks, wiring.exited]).toEqual([[], exited]);
    const said = wiring.terminal.stderr.join('\n');
    if (exited === null) expect(said).not.toContain('Redis does not answer');
    else expect(said).toContain('Redis does not answer: ended at once');
    stopped();
    expect(await code).toBe(EXIT.done);
  });

  it('runs a worker for some steps', async () => {
    const code = run('worker', '--steps', 'drain, uncordon');
    await wiring.clock.sleep(100);
    wiring.interrupt();
    expect(await code).toBe(EXIT.done);
    expect(wiring.session.log[0]).toBe('start worker drain,uncordon');
  });
});
