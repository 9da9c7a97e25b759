import type { Job } from 'bullmq';
import { describe, expect, it } from 'vitest';
import { SILENT_LOG } from '../../../services/common/log.ts';
import type { SchedulerDeps } from '../../../services/scheduler/deps.ts';
import { treeHooks } from '../../../services/scheduler/tree-hooks.ts';
import type { Hook } from '../../../shared/domain/hooks/hook.ts';
import type { Advance } from '../../../shared/ports/engine-store.ts';
import type { ClusterJob } from '../../../shared/queue/names.ts';
import { hook } from '../../helpers/hooks.ts';
import { tinyPlan } from '../../helpers/plan.ts';

/** A wave whose one hook ends with these exit codes, in order; the store's clock stands still unless it is moved. */
function wave(one: Hook, exits: readonly number[], ...others: readonly Hook[]) {
  const plan = tinyPlan({ stages: { dev: { a: [{ nodes: ['a1'] }] } }, cluster: { hooks: [one, ...others] } });
  const [cluster] = plan.stages[0]?.clusters ?? [];
  if (!cluster) throw new Error('the plan has a cluster');
  const seen = {
    nowMs: 1_000_000,
    runs: 0,
    state: 'running',
    marks: new Map<string, Advance>(),
    reasons: [] as string[],
    /** Said while a hook ran. */
    meanwhile: [] as string[],
    lost: null as string | null,
    holders: [] as unknown[],
    during: () => {},
  };
  const store = {
    now: async () => seen.nowMs,
    meta: async () => ({ state: seen.state, installation: 'i' }),
    plan: async () => plan,
    nodes: async () => [{ round: 0 }],
    hasMark: async (_id: string, mark: string) => seen.marks.has(mark),
    advance: async (_id: string, advance: Advance) => seen.marks.set(advance.mark, advance),
    waiting: async (_id: string, _place: unknown, reasons: string[]) => {
      seen.reasons = reasons;
    },
  };
  const control = {
    run: async () => {
      seen.meanwhile.push(...seen.reasons);
      seen.during();
      return { exitCode: exits[seen.runs++] ?? 0, output: '' };
    },
  };
  const leases = {
    hold: async (_cluster: unknown, holder: unknown) => {
      seen.holders.push(holder);
      return seen.lost;
    },
  };
  const clock = { now: () => 0 };
  const signal = new AbortController().signal;
  const deps = { store, control, leases, clock, log: SILENT_LOG, signal } as unknown as SchedulerDeps;
  const job = {
    data: { rollout: 'r', cluster: 'a' } as ClusterJob,
    updateData: async (data: ClusterJob) => {
      job.data = data;
    },
  };
  const place = { cluster, wave: cluster.waves[0] ?? null };
  const look = (when = one.when) => treeHooks(deps, job as unknown as Job<ClusterJob>, place, when);
  return { seen, look };
}

describe('a hook of a wave', () => {
  it('that stops is tried again ever more seldom, at most once a minute, and not at each look', async () => {
    const { seen, look } = wave(hook('h', { when: 'before', of: 'wave' }), Array(7).fill(1));
    for (const afterMs of [5_000, 10_000, 20_000, 40_000, 60_000, 60_000, 60_000]) {
      expect(await look()).toBe(afterMs);
      expect(seen.reasons).toEqual(['hook h (before wave) failed: exit code 1']);
      seen.nowMs += afterMs - 1;
      expect(await look()).toBe(1);
      seen.nowMs += 1;
    }
    expect(seen.runs).toBe(7);
    expect(await look()).toBeNull();
    expect(seen.reasons).toEqual([]);
    expect([...seen.marks.values()].map(({ event }) => event.type)).toEqual(['hook-done']);
    expect(await look()).toBeNull();
    expect(seen.runs).toBe(8);
  });

  it('that warns is passed over after its attempts', async () => {
    const { seen, look } = wave(hook('h', { when: 'before', of: 'wave', onFailure: 'warn', attempts: 2 }), [1, 1]);
    seen.nowMs += (await look()) ?? 0;
    expect(await look()).toBeNull();
    expect([...seen.marks.values()].map(({ event }) => event.type)).toEqual(['hook-failed']);
  });

  it('waits for the end of a pause, and is left out once the rollout is aborted', async () => {
    const { seen, look } = wave(hook('h', { when: 'before', of: 'wave' }), []);
    seen.state = 'paused';
    expect(await look()).toBe(30_000);
    expect(seen.reasons).toEqual(['hook h: the rollout is paused']);
    seen.state = 'stopping';
    expect(await look()).toBe(30_000);
    expect(seen.reasons).toEqual(['hook h: the rollout stops: no further wave is opened']);
    seen.state = 'aborting';
    expect(await look()).toBeNull();
    expect([seen.runs, seen.reasons]).toEqual([0, []]);
  });

  it('after a wave that never began is not told of an abort', async () => {
    const { seen, look } = wave(hook('h', { when: 'after', of: 'wave', outcomes: ['aborted'] }), []);
    seen.state = 'aborting';
    expect(await look()).toBeNull();
    expect(seen.runs).toBe(0);
  });

  it('runs only while the cluster is ours, but tells of an abort in any case', async () => {
    const undo = hook('u', { when: 'after', of: 'wave', outcomes: ['done', 'aborted'] });
    const { seen, look } = wave(hook('h', { when: 'before', of: 'wave' }), [], undo);
    seen.lost = 'its Lease is held by x/y';
    expect(await look()).toBe(5_000);
    expect(seen.reasons).toEqual(['hook h: cluster a is not ours: its Lease is held by x/y']);
    expect([seen.runs, seen.holders]).toEqual([0, [{ installation: 'i', rollout: 'r' }]]);
    seen.lost = null;
    expect(await look()).toBeNull();
    seen.lost = 'its Lease is held by x/y';
    expect(await look('after')).toBe(5_000);
    expect(seen.runs).toBe(1);
    seen.state = 'aborting';
    expect(await look('after')).toBeNull();
    expect(seen.runs).toBe(2);
  });

  it('that failed before an abort has begun all the same: its end is told', async () => {
    const undo = hook('u', { when: 'after', of: 'wave', outcomes: ['aborted'] });
    const { seen, look } = wave(hook('h', { when: 'before', of: 'wave' }), [1], undo);
    expect(await look()).toBe(5_000);
    seen.state = 'aborting';
    expect(await look()).toBeNull();
    expect(await look('after')).toBeNull();
    expect([...seen.marks.values()].map(({ event }) => event.type === 'hook-done' && event.hook)).toEqual(['u']);
  });

  it('does not follow another during which the rollout was paused or aborted', async () => {
    for (const [state, wait] of [
      ['paused', 30_000],
      ['aborting', null],
    ] as const) {
      const second = hook('second', { when: 'before', of: 'wave' });
      const { seen, look } = wave(hook('h', { when: 'before', of: 'wave' }), [], second);
      seen.during = () => {
        seen.state = state;
      };
      expect(await look()).toBe(wait);
      expect(seen.runs).toBe(1);
    }
  });

  it('is shown while it runs, with why it failed before', async () => {
    const { seen, look } = wave(hook('h', { when: 'before', of: 'wave' }), [1]);
    seen.state = 'paused';
    await look();
    seen.state = 'running';
    seen.nowMs += (await look()) ?? 0;
    await look();
    expect(seen.meanwhile).toEqual(['hook h (before wave) runs', 'hook h (before wave) failed: exit code 1']);
    expect(seen.reasons).toEqual([]);
  });
});
