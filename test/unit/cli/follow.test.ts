import { beforeEach, describe, expect, it } from 'vitest';
import { carryRollout } from '../../../services/cli/carry.ts';
import { type CliError, EXIT } from '../../../services/cli/exit.ts';
import { followRollout } from '../../../services/cli/follow.ts';
import type { EventBody, RolloutEvent } from '../../../shared/domain/events.ts';
import { FakeRollouts, FakeSession, FakeWiring } from '../../helpers/cli-wiring.ts';
import { tinyPlan } from '../../helpers/plan.ts';

const plan = tinyPlan({ stages: { dev: { dev: [{ nodes: ['a', 'b'] }] } } });
let count = 0;
const at = (body: EventBody): RolloutEvent => ({
  ...body,
  id: `${++count}-0`,
  atMs: Date.UTC(2026, 0, 1) + count * 1000,
});

const ofA = { cluster: 'dev', node: 'a', round: 1 } as const;
const failure = { code: 'reboot-timeout', message: 'it did not come back', retryable: false, leftAs: 'down' };
const begun: readonly EventBody[] = [
  { type: 'rollout-created', by: 'me', installation: 'i' },
  { type: 'rollout-started' },
  { type: 'cluster-started', cluster: 'dev' },
  { type: 'wave-started', cluster: 'dev', wave: 0 },
  { type: 'node-claimed', ...ofA, wave: 0, slot: 's', adopted: false },
  { type: 'step-started', ...ofA, step: 'reboot', attempt: 1, epoch: 1 },
];
const failed: EventBody = { type: 'step-failed', ...ofA, step: 'reboot', attempt: 1, failure };
const ended = (outcome: 'done' | 'aborted'): EventBody => ({ type: 'rollout-ended', outcome });

let rollouts: FakeRollouts;
let wiring: FakeWiring;

beforeEach(() => {
  rollouts = new FakeRollouts(plan);
  wiring = new FakeWiring(new FakeSession(rollouts));
});

const tell = (...bodies: readonly EventBody[]) => rollouts.tell(...bodies.map(at));
const follow = (signal = new AbortController().signal, more = {}) =>
  followRollout(wiring, rollouts, { rollout: 'r-1', plain: true, signal, footer: () => 'Ctrl-C stops', ...more });
const carry = (more = {}) => carryRollout(wiring, wiring.session, 'r-1', { plain: true, place: '', ...more });
const codeOf = (work: Promise<void>) =>
  work.then(
    () => 0,
    (error: CliError) => error.exitCode,
  );

describe('following a rollout', () => {
  it('prints a line for each event and ends with it', async () => {
    tell(...begun, ended('done'));
    expect((await follow()).state).toBe('done');
    expect(wiring.terminal.stdout).toHaveLength(begun.length + 1);
    expect(wiring.terminal.stdout.join('\n')).toContain('dev/a  reboot started');
  });

  it('says when no engine is alive: nothing goes on then', async () => {
    tell(...begun);
    rollouts.engines = async () => {
      if (wiring.terminal.stderr.length > 0) tell(ended('done'));
      return [];
    };
    expect((await follow()).state).toBe('done');
    expect(wiring.terminal.stderr.join('\n')).toContain('no engine is alive');
  });

  it('redraws a view in a terminal and gives the cursor back', async () => {
    wiring.terminal.live = true;
    tell(...begun, ended('done'));
    await follow(undefined, { plain: false });
    const written = wiring.terminal.written.join('');
    expect(wiring.terminal.stdout).toEqual([]);
    expect(written).toContain('fleet tiny');
    expect(written.startsWith('\u001b[?25l')).toBe(true);
    expect(written.endsWith('\u001b[?25h')).toBe(true);
  });

  it('ends when only a person can help, but not before that has lasted', async () => {
    tell(...begun, failed);
    const began = wiring.clock.now();
    expect((await follow()).state).toBe('waiting-on-person');
    expect(wiring.clock.now() - began).toBeGreaterThanOrEqual(2000);
  });

  it('asks the journal again after a trouble, and misses and repeats nothing', async () => {
    rollouts.troubles = 3;
    tell(...begun, ended('done'));
    expect((await follow()).state).toBe('done');
    expect(wiring.terminal.stdout).toHaveLength(begun.length + 1);
  });

  it('gives up when the journal stays away', async () => {
    rollouts.troubles = 1000;
    await expect(follow()).rejects.toThrow('Redis is gone');
  });

  it('stops watching when told', async () => {
    tell(...begun);
    const stop = new AbortController();
    const following = follow(stop.signal);
    stop.abort();
    expect((await following).outcome).toBeNull();
  });

  it('prints only what is new after the event that is known', async () => {
    tell(...begun);
    const knownUpTo = rollouts.journal.at(-1)?.id ?? '';
    tell(ended('done'));
    await follow(undefined, { knownUpTo });
    expect(wiring.terminal.stdout).toHaveLength(1);
  });

  it('says that there is no such rollout', async () => {
    const options = { rollout: 'r-2', plain: true, signal: new AbortController().signal, footer: () => '' };
    await expect(followRollout(wiring, rollouts, options)).rejects.toMatchObject({ exitCode: EXIT.badInput });
  });
});

describe('carrying a rollout', () => {
  it('brings its own engine when none is alive, and stops it at the end', async () => {
    tell(...begun, ended('done'));
    expect(await codeOf(carry())).toBe(EXIT.done);
    expect(wiring.session.log).toEqual(['start worker all', 'start scheduler', 'stop scheduler', 'stop worker all']);
    expect(wiring.terminal.stdout.at(-1)).toMatch(/^rollout r-1 done in /);
  });

  it('brings none when one is alive elsewhere, and an interrupt only stops watching', async () => {
    wiring.session.ownsRedis = false;
    rollouts.alive = [{ id: 'e', role: 'scheduler', host: 'h', pid: 1, steps: [], seenAtMs: 0 }];
    tell(...begun);
    const code = codeOf(carry());
    await wiring.clock.sleep(1000);
    wiring.interrupt();
    expect(await code).toBe(EXIT.interrupted);
    expect(wiring.session.log).toEqual([]);
    expect(wiring.terminal.stdout.at(-1)).toContain('nodetide status -f r-1');
  });

  it('does not take one for alive that was killed a moment ago', async () => {
    wiring.session.ownsRedis = false;
    const forgottenAtMs = wiring.clock.now() + 5_000;
    const killed = { id: 'e', role: 'worker', host: 'h', pid: 1, steps: [], seenAtMs: 7 } as const;
    rollouts.engines = async () => (wiring.clock.now() < forgottenAtMs ? [killed] : []);
    tell(...begun, ended('done'));
    expect(await codeOf(carry())).toBe(EXIT.done);
    expect(wiring.session.log).toContain('start worker all');
  });

  it('stops its own engine at an interrupt, says where the nodes are and how to go on', async () => {
    tell(...begun);
    const code = codeOf(carry({ place: ' --data D' }));
    await wiring.clock.sleep(1000);
    wiring.interrupt();
    expect(await code).toBe(EXIT.interrupted);
    expect(wiring.session.log).toContain('stop worker all');
    const said = wiring.terminal.stdout.join('\n');
    expect(said).toContain('dev/a: in reboot; cordoned, may be rebooting');
    expect(said).toContain('nodetide run --resume r-1 --data D');
  });

  it('ends at once at a second interrupt', async () => {
    let letGo = (): void => {};
    wiring.session.startWorker = async () => ({
      stop: () =>
        new Promise<undefined>(resolve => {
          letGo = () => resolve(undefined);
        }),
    });
    tell(...begun);
    const code = codeOf(carry());
    await wiring.clock.sleep(1000);
    wiring.interrupt();
    await wiring.clock.sleep(1000);
    wiring.interrupt();
    expect(wiring.exited).toBe(EXIT.interrupted);
    letGo();
    await code;
  });

  it.each([
    ['at an interrupt', () => tell(...begun), true, /^Redis does not/m],
    ['when the rollout is over', () => tell(...begun, ended('done')), false, /^rollout r-1 done; Redis does not/m],
    ['when the journal stays away', () => void (rollouts.troubles = 1000), false, /^Redis does not/m],
  ])('is not held up by a Redis that is gone: %s', async (_, begin, interrupts, says) => {
    let letGo = (): void => {};
    wiring.session.startWorker = async () => ({ stop: () => new Promise<void>(resolve => (letGo = resolve)) });
    wiring.session.answers = async () => false;
    begin();
    const code = codeOf(carry());
    await wiring.clock.sleep(1000);
    if (interrupts) wiring.interrupt();
    await wiring.clock.sleep(300_000);
    expect(wiring.exited).toBe(EXIT.cannotConnect);
    expect(wiring.terminal.stderr.join('\n')).toMatch(says);
    letGo();
    await code;
  });

  it('says at an interrupt that it is stopping, and ends at once at the next', async () => {
    let letGo = (): void => {};
    wiring.session.startWorker = async () => ({ stop: () => new Promise<void>(resolve => (letGo = resolve)) });
    tell(...begun, ended('done'));
    const code = codeOf(carry());
    await wiring.clock.sleep(1000);
    wiring.interrupt();
    expect(wiring.exited).toBeNull();
    expect(wiring.terminal.stderr).toEqual(['rollout r-1 done; stopping at a safe point (Ctrl-C again: at once)']);
    wiring.interrupt();
    expect(wiring.exited).toBe(EXIT.interrupted);
    letGo();
    expect(await code).toBe(EXIT.done);
  });

  it('tells how it ended also when its engine cannot be stopped', async () => {
    wiring.session.startWorker = async () => ({ stop: () => Promise.reject(new Error('Connection is closed.')) });
    tell(...begun, ended('done'));
    expect(await codeOf(carry())).toBe(EXIT.done);
    expect(wiring.terminal.stderr).toEqual(['rollout r-1 done; Connection is closed.']);
    expect(wiring.terminal.stdout.at(-1)).toMatch(/^rollout r-1 done in /);
  });

  it('tells at an interrupt where the nodes were seen last when nothing more can be asked', async () => {
    wiring.session.startWorker = async () => ({
      stop: () => {
        rollouts.events = () => Promise.reject(new Error('Redis is gone'));
        return Promise.reject(new Error('Connection is closed.'));
      },
    });
    tell(...begun);
    const code = codeOf(carry());
    await wiring.clock.sleep(1000);
    wiring.interrupt();
    expect(await code).toBe(EXIT.interrupted);
    expect(wiring.terminal.stderr).toEqual([
      'stopping at a safe point (Ctrl-C again: at once)',
      'Connection is closed.',
      'Redis is gone: what follows is what was last seen of it',
    ]);
    const said = wiring.terminal.stdout.join('\n');
    expect(said).toContain('dev/a: in reboot; cordoned, may be rebooting');
    expect(said).toContain('nodetide run --resume r-1');
  });

  it('ends with 3 when a person is needed, and says what to do', async () => {
    tell(...begun, failed);
    expect(await codeOf(carry())).toBe(EXIT.waiting);
    const said = wiring.terminal.stderr.join('\n');
    expect(said).toContain('dev/a: failed in reboot: down');
    expect(said).toContain('nodetide retry NODE');
    expect(wiring.session.log).toContain('stop scheduler');
  });

  it('ends with 1 when it was aborted', async () => {
    tell(...begun, ended('aborted'));
    expect(await codeOf(carry())).toBe(EXIT.failed);
  });

  it('stops its engine when following fails', async () => {
    rollouts.troubles = 1000;
    await expect(carry()).rejects.toThrow('Redis is gone');
    expect(wiring.session.log).toContain('stop worker all');
    expect(wiring.terminal.stderr).toContain('stopping at a safe point (Ctrl-C again: at once)');
  });
});
