import { describe, expect, it } from 'vitest';
import type { Command } from '../../../shared/domain/command.ts';
import { fail } from '../../../shared/domain/failures/catalogue.ts';
import { testEngines } from '../../helpers/engines.ts';
import { tinyPlan } from '../../helpers/plan.ts';
import { ScriptedSteps } from '../../helpers/scripted-steps.ts';

const engine = await testEngines();
const broken = () => {
  throw fail('host-key-changed', { message: 'broken' });
};
const plan = (nodes: string[], concurrency = 1) => tinyPlan({ stages: { dev: { a: [{ nodes, concurrency }] } } });
const skip = (node: string): Command => ({ kind: 'skip', cluster: 'a', node });
const retry = (node: string): Command => ({ kind: 'retry', cluster: 'a', node });

describe('pause and resume', () => {
  it('a resume that comes while a slot is judging is not slept over', async () => {
    let closed = false;
    let resumed = false;
    const it = await engine({
      wrapStore: (store, self) =>
        new Proxy(store, {
          get: (target, name) => {
            if (name === 'claim') {
              return async (...args: Parameters<typeof store.claim>) => {
                const answer = await target.claim(...args);
                closed ||= answer.kind === 'closed';
                return answer;
              };
            }
            if (name === 'meta') {
              return async (rollout: string) => {
                const answer = await target.meta(rollout);
                // The slot has all its answers, "paused", and is about to go to sleep for long.
                if (closed && !resumed) {
                  resumed = true;
                  await self.command(rollout, { kind: 'resume' });
                }
                return answer;
              };
            }
            const own = Reflect.get(target, name) as unknown;
            return typeof own === 'function' ? (own.bind(target) as unknown) : own;
          },
        }),
    });
    const steps = new ScriptedSteps();
    const id = await it.rollout(plan(['n1', 'n2']));
    steps.on('n1', 'upgrade', async () => {
      await it.command(id, { kind: 'pause' });
      return undefined;
    });
    await it.worker(steps.steps());
    await it.scheduler();
    await it.ended(id);
    expect(resumed).toBe(true);
  }, 15_000);

  it('a pause lets those away finish and takes no further node', async () => {
    const it = await engine();
    const steps = new ScriptedSteps();
    await it.scheduler();
    await it.worker(steps.steps());
    const id = await it.rollout(plan(['n1', 'n2']));
    steps.on('n1', 'upgrade', async () => {
      await it.command(id, { kind: 'pause' });
      return undefined;
    });
    await it.event(id, event => event.type === 'waiting' && event.reasons.includes('the rollout is paused'));
    const paused = await it.status(id);
    expect(paused.nodes['a/n1']?.state).toBe('done');
    expect(paused.nodes['a/n2']?.state).toBe('pending');
    await it.command(id, { kind: 'resume' });
    expect((await it.ended(id)).counts.done).toBe(2);
  }, 15_000);
});

describe('skip and retry', () => {
  const orders: [string, Command[], string][] = [
    ['skip', [skip('n1')], 'skipped'],
    ['skip, then retry', [skip('n1'), retry('n1')], 'skipped'],
    ['retry, then skip', [retry('n1'), skip('n1')], 'skipped'],
    ['skip twice', [skip('n1'), skip('n1')], 'skipped'],
    ['retry, retry, skip', [retry('n1'), retry('n1'), skip('n1')], 'skipped'],
  ];
  it.each(orders)('after a failed upgrade: %s', async (_name, commands, state) => {
    const it = await engine();
    const steps = new ScriptedSteps();
    steps.on('n1', 'upgrade', broken);
    await it.scheduler();
    await it.worker(steps.steps());
    const id = await it.rollout(plan(['n1', 'n2']));
    await it.event(id, event => event.type === 'step-failed');
    for (const command of commands) await it.command(id, command);
    const status = await it.ended(id);
    expect(status.nodes['a/n1']?.state).toBe(state);
    expect(status.nodes['a/n2']?.state).toBe('done');
    for (const step of ['check-reboot', 'reboot', 'verify', 'uncordon'] as const) {
      expect(steps.acts.filter(act => act.node === 'n1' && act.step === step)).toEqual([]);
    }
    expect(await it.command(id, retry('n1'))).toContain('ended');
  });

  it('of a node that waits: it is never begun; of one that runs: it ends at its next safe point', async () => {
    const it = await engine();
    const steps = new ScriptedSteps();
    await it.scheduler();
    await it.worker(steps.steps());
    const id = await it.rollout(plan(['n1', 'n2', 'n3']));
    steps.on('n1', 'drain', async () => {
      await it.command(id, skip('n1'));
      await it.command(id, skip('n2'));
      return undefined;
    });
    const status = await it.ended(id);
    expect(status.nodes['a/n1']?.state).toBe('skipped');
    expect(status.nodes['a/n2']?.state).toBe('skipped');
    expect(status.nodes['a/n3']?.state).toBe('done');
    expect(steps.ends('n1', 'upgrade')).toBe(0);
    expect(steps.acts.filter(act => act.node === 'n2')).toEqual([]);
  });

  it('a guard throws once a skip was asked, and the step ends as skipped', async () => {
    const it = await engine();
    const steps = new ScriptedSteps();
    await it.scheduler();
    await it.worker(steps.steps());
    const id = await it.rollout(plan(['n1']));
    let acted = false;
    steps.on('n1', 'reboot', async context => {
      await it.command(id, skip('n1'));
      await context.guard();
      acted = true;
      return undefined;
    });
    expect((await it.ended(id)).nodes['a/n1']?.state).toBe('skipped');
    expect(acted).toBe(false);
  });
});

describe('abort', () => {
  it('ends the rollout: nothing new begins, what failed or waits completes through', async () => {
    const it = await engine();
    const steps = new ScriptedSteps();
    steps.on('n1', 'reboot', broken);
    steps.on('n2', 'verify', () => Promise.resolve({ kind: 'again', afterMs: 60_000, reason: 'soaking for long' }));
    await it.scheduler();
    await it.worker(steps.steps());
    const stages = {
      dev: { a: [{ nodes: ['n1', 'n2'], concurrency: 2 }, { nodes: ['n3'] }] },
      production: { b: [{ nodes: ['b1'] }] },
    };
    const id = await it.rollout(tinyPlan({ stages, failureBudget: 1 }));
    await it.event(id, event => event.type === 'step-failed');
    await it.event(id, event => event.type === 'step-waiting');
    await it.command(id, { kind: 'abort' });
    const status = await it.ended(id);
    expect(status.outcome).toBe('aborted');
    expect(status.counts.aborted).toBe(4);
    expect(steps.acts.filter(act => act.node === 'n3' || act.node === 'b1')).toEqual([]);
    expect(steps.ends('n1', 'verify')).toBe(0);
    expect(await it.command(id, { kind: 'abort' })).toContain('ended');
  }, 20_000);
});

describe('concurrency in mid-wave', () => {
  it('raised: further nodes are taken at once; lowered: no further until below', async () => {
    const it = await engine();
    const steps = new ScriptedSteps();
    const nodes = ['n1', 'n2', 'n3', 'n4', 'n5', 'n6'];
    let release: () => void = () => {};
    const gate = new Promise<void>(resolve => {
      release = resolve;
    });
    steps.on('*', 'upgrade', async () => {
      await gate;
      return undefined;
    });
    await it.scheduler();
    await it.worker(steps.steps());
    const id = await it.rollout(plan(nodes, 1));
    const change = (concurrency: number) => it.command(id, { kind: 'concurrency', cluster: 'a', wave: 0, concurrency });
    await steps.seen('n1', 'upgrade');
    await change(3);
    await steps.seen('n3', 'upgrade');
    await change(1);
    release();
    const status = await it.ended(id);
    expect(status.counts.done).toBe(6);
    expect(steps.mostAway()).toBe(3);
    // From n4 on never two at once.
    expect(steps.mostAway(['n4', 'n5', 'n6'])).toBe(1);
  });
});
