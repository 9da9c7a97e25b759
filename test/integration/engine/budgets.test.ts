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
const retry = (node: string): Command => ({ kind: 'retry', cluster: 'a', node });

function gate() {
  let open: () => void = () => {};
  const opened = new Promise<undefined>(resolve => {
    open = () => resolve(undefined);
  });
  return { open, opened };
}

async function running() {
  const it = await engine();
  const steps = new ScriptedSteps();
  await it.scheduler();
  await it.worker(steps.steps());
  return { it, steps };
}

describe('a failure that the budget bears', () => {
  it('gives its slot back: the wave goes on, and a retry waits for a slot, before new nodes', async () => {
    const { it, steps } = await running();
    const { open, opened } = gate();
    steps.on('n1', 'upgrade', broken);
    steps.on('n2', 'upgrade', () => opened);
    const nodes = ['n1', 'n2', 'n3'];
    const id = await it.rollout(tinyPlan({ stages: { dev: { a: [{ nodes }] } }, failureBudget: 1 }));
    await steps.seen('n2', 'upgrade');
    steps.on('n1', 'upgrade', null);
    await it.command(id, retry('n1'));
    await it.event(id, event => event.type === 'step-waiting' && event.reason.startsWith('waits for a slot: 1 of 1'));
    expect((await it.status(id)).state).toBe('running');
    open();
    const status = await it.ended(id);
    expect(status.counts.done).toBe(3);
    const began = steps.acts.filter(act => act.phase === 'begin' && act.step === 'upgrade').map(act => act.node);
    expect(began).toEqual(['n1', 'n2', 'n1', 'n3']);
  }, 20_000);

  it('still counts as away: maxUnavailable takes nothing in its place, and a person is asked for', async () => {
    const { it, steps } = await running();
    steps.on('n1', 'upgrade', broken);
    const stages = { dev: { a: [{ nodes: ['n1', 'n2'] }] } };
    const cluster = { maxUnavailable: { kind: 'number', value: 1 } as const };
    const id = await it.rollout(tinyPlan({ stages, failureBudget: 1, cluster }));
    await it.event(id, event => event.type === 'waiting' && event.reasons.some(text => text.includes('away are n1')));
    expect((await it.status(id)).state).toBe('waiting-on-person');
    await it.command(id, { kind: 'skip', cluster: 'a', node: 'n1' });
    expect((await it.ended(id)).counts).toMatchObject({ done: 1, skipped: 1 });
  }, 20_000);
});

describe('a budget of a wave', () => {
  it('that is spent holds the wave alone, until it is raised', async () => {
    const { it, steps } = await running();
    steps.on('*', 'upgrade', async context => (context.node.name === 'n1' ? broken() : undefined));
    const made = tinyPlan({
      stages: { dev: { a: [{ nodes: ['n1', 'n2'] }], b: [{ nodes: ['b1', 'b2'] }] } },
      failureBudget: 5,
    });
    const stages = made.stages.map(stage => ({
      ...stage,
      clusters: stage.clusters.map(cluster => ({
        ...cluster,
        waves: cluster.waves.map(wave => ({ ...wave, failureBudget: 0 })),
      })),
    }));
    const id = await it.rollout({ ...made, stages });
    await it.event(id, event => event.type === 'cluster-done' && event.cluster === 'b');
    await it.event(id, event => event.type === 'step-failed');
    expect(steps.acts.filter(act => act.node === 'n2')).toEqual([]);
    expect(
      await it.command(id, { kind: 'failure-budget', place: { of: 'wave', cluster: 'a', wave: 0 }, budget: 1 }),
    ).toBe('failure budget of wave a/1 is now 1');
    await it.event(id, event => event.type === 'node-done' && event.node === 'n2');
    steps.on('*', 'upgrade', null);
    await it.command(id, { kind: 'retry-all' });
    expect((await it.ended(id)).counts.done).toBe(4);
  }, 20_000);
});

describe('stop', () => {
  it('finishes the open wave, opens no other, and is paused then; a resume goes on', async () => {
    const { it, steps } = await running();
    const waves = [{ nodes: ['n1', 'n2'] }, { nodes: ['n3'] }];
    const id = await it.rollout(tinyPlan({ stages: { dev: { a: waves } } }));
    steps.on('n1', 'drain', async () => {
      await it.command(id, { kind: 'stop' });
      return undefined;
    });
    await it.event(id, event => event.type === 'rollout-paused' && event.by === 'nodetide');
    await it.event(id, event => event.type === 'waiting' && event.wave === 1);
    const stopped = await it.status(id);
    expect(stopped).toMatchObject({ state: 'paused', counts: { done: 2, pending: 1 } });
    expect(stopped.clusters[0]?.waves[1]?.waiting[0]?.reasons).toEqual(['the rollout is paused']);
    await it.command(id, { kind: 'resume' });
    expect((await it.ended(id)).counts.done).toBe(3);
  }, 20_000);
});
