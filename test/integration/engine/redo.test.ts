import { describe, expect, it } from 'vitest';
import type { Command } from '../../../shared/domain/command.ts';
import { fail } from '../../../shared/domain/failures/catalogue.ts';
import { STEPS } from '../../../shared/domain/steps.ts';
import { testEngines } from '../../helpers/engines.ts';
import { tinyPlan } from '../../helpers/plan.ts';
import { ScriptedSteps } from '../../helpers/scripted-steps.ts';

const engine = await testEngines();
const broken = () => {
  throw fail('host-key-changed', { message: 'broken' });
};
const plan = (nodes: string[], concurrency = 1) => tinyPlan({ stages: { dev: { a: [{ nodes, concurrency }] } } });
const of = (kind: 'redo' | 'repaired' | 'skip', node = 'n1'): Command => ({ kind, cluster: 'a', node });

async function running(nodes: string[], concurrency = 1) {
  const it = await engine();
  const steps = new ScriptedSteps();
  await it.scheduler();
  await it.worker(steps.steps());
  return { it, steps, start: () => it.rollout(plan(nodes, concurrency)) };
}

describe('redo', () => {
  it('of a failed node: what is left of its chain does nothing, and it is done from drain in the next round', async () => {
    const { it, steps, start } = await running(['n1', 'n2']);
    steps.on('n1', 'reboot', broken);
    const id = await start();
    await it.event(id, event => event.type === 'step-failed');
    steps.on('n1', 'reboot', null);
    expect(await it.command(id, of('redo'))).toContain('done anew');
    const status = await it.ended(id);
    expect(status.counts.done).toBe(2);
    expect(status.nodes['a/n1']).toMatchObject({ state: 'done', round: 2 });
    const own = steps.acts.filter(act => act.node === 'n1' && act.phase === 'end').map(act => act.step);
    expect(own).toEqual([...STEPS.slice(0, 3), ...STEPS]);
  }, 20_000);

  it('of a node in mid-step: the step comes to its safe point first', async () => {
    const { it, steps, start } = await running(['n1']);
    const id = await start();
    let asked = false;
    steps.on('n1', 'upgrade', async context => {
      if (asked) return undefined;
      asked = true;
      await it.command(id, of('redo'));
      await context.guard();
      throw new Error('the guard let it go on');
    });
    const status = await it.ended(id);
    expect(status.nodes['a/n1']).toMatchObject({ state: 'done', round: 2 });
    expect(steps.ends('n1', 'upgrade')).toBe(1);
    expect(steps.ends('n1', 'drain')).toBe(2);
  }, 20_000);

  it('of a node that is done or skipped, as long as its wave is open', async () => {
    const { it, steps, start } = await running(['n1', 'n2', 'n3']);
    const id = await start();
    await it.command(id, of('skip', 'n2'));
    steps.on('n3', 'drain', async () => {
      await it.command(id, of('redo', 'n1'));
      await it.command(id, of('redo', 'n2'));
      steps.on('n3', 'drain', null);
      return undefined;
    });
    const status = await it.ended(id);
    expect(status.counts.done).toBe(3);
    expect([status.nodes['a/n1']?.round, status.nodes['a/n2']?.round]).toEqual([2, 1]);
    expect(steps.ends('n1', 'uncordon')).toBe(2);
    expect(steps.mostAway()).toBe(1);
  }, 20_000);

  it('whose worker died before the job of the old round had ended: the slot is not kept waiting', async () => {
    const it = await engine();
    const steps = new ScriptedSteps();
    steps.on('n1', 'upgrade', broken);
    const services = [await it.scheduler(), await it.worker(steps.steps())];
    const id = await it.rollout(plan(['n1']));
    await it.event(id, event => event.type === 'step-failed');
    await expect.poll(async () => (await it.queues.job('upgrade', `${id}_a_n1_r1_upgrade`))?.isFailed()).toBe(true);
    for (const service of services) await service.stop();
    // Everything the store hears of a redo, and nothing of what BullMQ would.
    await it.store.command(id, of('redo'), 'tester', '');
    const ref = { cluster: 'a', node: 'n1', round: 1, step: 'upgrade' } as const;
    const begun = await it.store.begin(id, ref, 1);
    if (begun.kind !== 'go') throw new Error(begun.kind);
    await it.store.report(id, ref, begun.epoch, { outcome: 'skipped', reason: 'as a person asked' });
    steps.on('n1', 'upgrade', null);
    await it.scheduler();
    await it.worker(steps.steps());
    expect((await it.ended(id)).nodes['a/n1']).toMatchObject({ state: 'done', round: 2 });
  }, 30_000);
});

describe('repaired', () => {
  it.each([
    ['drain', []],
    ['reboot', STEPS.slice(0, 3)],
    ['verify', STEPS.slice(0, 4)],
  ] as const)(
    'of a node that failed in %s: only verify and uncordon are done',
    async (step, before) => {
      const { it, steps, start } = await running(['n1', 'n2']);
      steps.on('n1', step, broken);
      const id = await start();
      await it.event(id, event => event.type === 'step-failed');
      steps.on('n1', step, null);
      const missing: string[] = [];
      steps.on('n1', 'verify', async context => {
        missing.push(...STEPS.slice(0, 4).filter(each => !(each in context.proofs)));
        return undefined;
      });
      await it.command(id, of('repaired'));
      const status = await it.ended(id);
      expect(status.nodes['a/n1']).toMatchObject({ state: 'done', round: 1 });
      expect(status.counts.done).toBe(2);
      const own = steps.acts.filter(act => act.node === 'n1' && act.phase === 'end').map(act => act.step);
      expect(own).toEqual([...before, 'verify', 'uncordon']);
      expect(missing).toEqual(STEPS.slice(before.length, 4));
    },
    20_000,
  );
});
