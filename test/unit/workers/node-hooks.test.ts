import { describe, expect, it } from 'vitest';
import type { WorkerDeps } from '../../../services/workers/deps.ts';
import { NodeHooks } from '../../../services/workers/hooks/node-hooks.ts';
import { StepTime } from '../../../services/workers/step-time.ts';
import type { Hook } from '../../../shared/domain/hooks/hook.ts';
import type { BeginAnswer, ReportAnswer, StepReport } from '../../../shared/ports/engine-store.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';
import { hook } from '../../helpers/hooks.ts';
import { tinyPlan } from '../../helpers/plan.ts';

const plan = tinyPlan({ stages: { dev: { a: [{ nodes: ['a1'] }] } } });
const node = plan.stages[0]?.clusters[0]?.waves[0]?.nodes[0];

/** The hooks of one visit of `verify`; `check` answers each question whether it may act, in order (the last for good). */
function visit(hooks: readonly Hook[], check: readonly ReportAnswer[], exits: readonly number[] = []) {
  const ran: string[] = [];
  const reports: StepReport[] = [];
  let asked = 0;
  const store = {
    report: async (_id: string, _ref: unknown, _epoch: number, report: StepReport) => {
      if (report.outcome === 'check') return check[Math.min(asked++, check.length - 1)];
      reports.push(report);
      return { ok: true };
    },
  };
  const clock = new FakeClock();
  const control = {
    run: async ({ text }: { text: string }) => {
      ran.push(text);
      return { exitCode: exits[ran.length - 1] ?? 0, output: '' };
    },
  };
  const sleeping = { now: () => clock.now(), sleep: async () => undefined };
  const deps = { store, control, clock: sleeping, name: 'here' } as unknown as WorkerDeps;
  if (!node) throw new Error('the plan has a node');
  const begin = { kind: 'go', epoch: 1, elapsedMs: 0, hooks: null } as unknown as Extract<BeginAnswer, { kind: 'go' }>;
  const time = new StepTime(60_000, () => new Error('late'));
  time.end();
  const seen = new NodeHooks({
    ...{ deps, rollout: 'r', plan, wave: 0, node, hooks, begin, attempt: 1, time },
    ref: { cluster: 'a', node: 'a1', round: 1, step: 'verify' },
    log: { write: () => undefined },
    signal: new AbortController().signal,
    flagged: { signal: new AbortController().signal },
  });
  return { hooks: seen, ran, reports, end: () => time.end() };
}

const YES = { ok: true } as const;
const OVERTAKEN = { ok: false, why: 'superseded' } as const;
const FLAGGED = { ok: false, why: 'flagged' } as const;
const before = hook('b', { when: 'before', of: 'verify', run: 'b', attempts: 3 });
const after = hook('a', { when: 'after', of: 'verify', run: 'a', outcomes: ['done', 'failed'] });

describe('a worker that was overtaken', () => {
  it('runs no hook before the step', async () => {
    const it = visit([before], [OVERTAKEN]);
    await expect(it.hooks.before('verify')).rejects.toMatchObject({ why: 'superseded' });
    it.end();
    expect(it.ran).toEqual([]);
  });

  it('does not try a hook that failed once more', async () => {
    const it = visit([before], [YES, YES, OVERTAKEN], [1, 1, 1]);
    await expect(it.hooks.before('verify')).rejects.toMatchObject({ why: 'superseded' });
    it.end();
    expect(it.ran).toEqual(['b']);
  });

  it('runs none after the step, however that ended', async () => {
    const done = visit([before, after], [YES, YES, OVERTAKEN]);
    await done.hooks.before('verify');
    done.end();
    await expect(done.hooks.afterDone()).rejects.toMatchObject({ why: 'superseded' });
    expect(done.ran).toEqual(['b']);
    const failed = visit([after], [OVERTAKEN]);
    const why = { reason: 'broken', code: 'x' };
    await expect(failed.hooks.afterTrouble('failed', why)).rejects.toMatchObject({ why: 'superseded' });
    expect(failed.ran).toEqual([]);
  });
});

describe('a node that a person wants skipped', () => {
  it('gets no hook before a step any more, but those after what is done', async () => {
    const late = visit([before], [FLAGGED]);
    await expect(late.hooks.before('verify')).rejects.toMatchObject({ why: 'flagged' });
    late.end();
    expect(late.ran).toEqual([]);
    const done = visit([before, after], [YES, YES, FLAGGED]);
    await done.hooks.before('verify');
    done.end();
    await done.hooks.afterDone();
    expect(done.ran).toEqual(['b', 'a']);
  });
});

describe('what a visit keeps', () => {
  it('says that the step has begun before its first hook runs, and each hook that is settled', async () => {
    const it = visit([before, { ...before, name: 'c', run: 'c', onFailure: 'warn', attempts: 1 }], [YES], [0, 4]);
    await it.hooks.before('verify');
    it.end();
    const kept = it.reports.map(report => (report.outcome === 'hooks' ? [report.kept, report.told?.type] : []));
    expect(kept).toMatchObject([
      [{ begun: ['verify'], ran: [] }, undefined],
      [{ ran: ['b'] }, 'hook-done'],
      [{ ran: ['b', 'c'] }, 'hook-failed'],
      [{ ran: ['b', 'c'], spent: { attempt: 1 } }, undefined],
    ]);
    // Whoever comes after a death in the first hook knows since when it ran.
    expect(kept[0]?.[0]).toMatchObject({ spent: { attempt: 1, sinceMs: expect.any(Number) } });
    expect(kept[3]?.[0]).not.toHaveProperty('spent.sinceMs');
    // A further visit of the same round finds nothing to do.
    await it.hooks.before('verify');
    expect(it.ran).toEqual(['b', 'c']);
  });
});

describe('a drain that another step does itself', () => {
  const lbOut = hook('out', { when: 'before', of: 'drain', run: 'out' });
  const drained = hook('in', { when: 'after', of: 'drain', run: 'in' });

  it('has its hooks around it, once', async () => {
    const it = visit([lbOut, drained], [YES]);
    await it.hooks.afterDrain();
    expect(it.ran).toEqual([]);
    for (let looks = 0; looks < 2; looks++) {
      await it.hooks.before('drain');
      await it.hooks.afterDrain();
      it.end();
    }
    expect(it.ran).toEqual(['out', 'in']);
  });
});
