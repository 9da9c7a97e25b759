import { describe, expect, it } from 'vitest';
import { type HookAbout, hookEnvironment } from '../../../shared/domain/hooks/environment.ts';
import {
  afterFailure,
  hasRun,
  hookMemoryOf,
  spentMs,
  withBegun,
  withRun,
  withSpent,
  withUnderWay,
} from '../../../shared/domain/hooks/memory.ts';
import { hooksAt } from '../../../shared/domain/hooks/moment.ts';
import { lastLine, outputTail } from '../../../shared/domain/hooks/output.ts';
import { hook } from '../../helpers/hooks.ts';
import { tinyPlan } from '../../helpers/plan.ts';

describe('which hooks run', () => {
  const hooks = [
    hook('a', { when: 'after', of: 'node', outcomes: ['done', 'failed'] }),
    hook('b', { when: 'before', of: 'node' }),
    hook('c', { when: 'after', of: 'node', outcomes: ['failed'] }),
    hook('d', { when: 'before', of: 'drain' }),
  ];
  const names = (...at: Parameters<typeof hooksAt>[1][]) =>
    at.map(each =>
      hooksAt(hooks, each)
        .map(({ name }) => name)
        .join(' '),
    );

  it('is decided by what they go around, when, and how that ended', () => {
    expect(
      names(
        { when: 'before', of: 'node' },
        { when: 'before', of: 'drain' },
        { when: 'after', of: 'node', outcome: 'done' },
        { when: 'after', of: 'node', outcome: 'failed' },
        { when: 'after', of: 'node', outcome: 'skipped' },
        { when: 'after', of: 'drain', outcome: 'done' },
      ),
    ).toEqual(['b', 'd', 'a', 'a c', '', '']);
  });
});

describe('what is kept of hooks', () => {
  const before = { when: 'before', of: 'node' } as const;
  const done = { when: 'after', of: 'node', outcome: 'done' } as const;
  const failed = { when: 'after', of: 'node', outcome: 'failed' } as const;

  it('tells the ends of one hook apart', () => {
    const memory = withRun(hookMemoryOf(null, 0), 'a', failed);
    expect([before, done, failed].map(at => hasRun(memory, 'a', at))).toEqual([false, false, true]);
  });

  it('forgets after a failure what has run, but not what has begun', () => {
    const memory = withRun(withBegun(withSpent(hookMemoryOf(null, 0), 1, 500), 'node'), 'a', before);
    const kept = afterFailure(memory);
    expect(hasRun(kept, 'a', before)).toBe(false);
    expect(kept.begun).toEqual(['node']);
    expect(spentMs(kept, 1)).toBe(0);
  });

  it('counts hooks whose process died in them up to now', () => {
    const memory = withUnderWay(withSpent(hookMemoryOf(null, 0), 1, 500), 1, 900);
    expect(spentMs(hookMemoryOf(memory, 10_900), 1)).toBe(10_500);
    const ended = withSpent(memory, 1, 250);
    expect(spentMs(hookMemoryOf(ended, 10_900), 1)).toBe(750);
  });

  it('adds up the time of an attempt, and of no other', () => {
    const memory = withSpent(withSpent(hookMemoryOf(null, 0), 1, 500), 1, 250);
    expect([spentMs(memory, 1), spentMs(memory, 2)]).toEqual([750, 0]);
    expect(spentMs(withSpent(memory, 2, 10), 2)).toBe(10);
  });
});

describe('the environment of a hook', () => {
  const plan = tinyPlan({ stages: { dev: { a: [{ nodes: ['a1', 'a2'] }] } } });
  const wave = plan.stages[0]?.clusters[0]?.waves[0] ?? null;
  const nobody: HookAbout = {
    ...{ fleet: 'tiny', rollout: 'r1', cluster: 'a', wave, node: null, step: null },
    ...{ round: 0, attempt: 0, reason: '', code: '' },
  };

  it('of a wave names its nodes, and no node', () => {
    const env = hookEnvironment(hook('h', { when: 'before', of: 'wave' }), { when: 'before', of: 'wave' }, nobody);
    expect(Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))).toEqual({
      NODETIDE_HOOK: 'h',
      NODETIDE_WHEN: 'before',
      NODETIDE_OF: 'wave',
      NODETIDE_FLEET: 'tiny',
      NODETIDE_ROLLOUT: 'r1',
      NODETIDE_CLUSTER: 'a',
      NODETIDE_WAVE: '1',
      NODETIDE_SEQUENCES: '1',
      NODETIDE_NODES: 'a1 a2',
    });
  });

  it('of a node that failed says at which step, and why, on one line', () => {
    const node = wave?.nodes[1] ?? null;
    const about = {
      ...nobody,
      node,
      step: 'reboot',
      round: 2,
      attempt: 3,
      reason: 'a\nb\u0000\u001b[31m',
      code: 'x',
    } as const;
    const moment = { when: 'after', of: 'node', outcome: 'failed' } as const;
    expect(hookEnvironment(hook('h', { when: 'after', of: 'node' }), moment, about)).toMatchObject({
      NODETIDE_OUTCOME: 'failed',
      NODETIDE_NODES: '',
      NODETIDE_NODE: 'a2',
      NODETIDE_ADDRESS: '127.0.0.1',
      NODETIDE_SEQUENCE: '1',
      NODETIDE_STEP: 'reboot',
      NODETIDE_ROUND: '2',
      NODETIDE_ATTEMPT: '3',
      NODETIDE_REASON: 'a b',
      NODETIDE_CODE: 'x',
    });
  });

  it('leaves out a list of nodes that no process could be given', () => {
    const many = Array.from({ length: 4_000 }, (_, at) => `node-${at}.of.a.cluster.with.a.long.name.example.org`);
    const huge = tinyPlan({ stages: { dev: { a: [{ nodes: many }] } } }).stages[0]?.clusters[0]?.waves[0] ?? null;
    const moment = { when: 'before', of: 'wave' } as const;
    const env = hookEnvironment(hook('h', moment), moment, { ...nobody, wave: huge });
    expect(env['NODETIDE_NODES']).toBe('');
  });
});

describe('what a hook said', () => {
  it('is shown by its end', () => {
    const said = Array.from({ length: 50 }, (_, at) => `line ${at}`).join('\n');
    expect(outputTail(said).split('\n')).toHaveLength(20);
    expect(lastLine(`${said}\r\n\u001b[1mlast\u001b[0m \n\n`)).toBe('last');
    expect(outputTail('x'.repeat(9_000))).toHaveLength(2_000);
    expect(lastLine('')).toBe('');
  });
});
