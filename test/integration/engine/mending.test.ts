import { UnrecoverableError, Worker } from 'bullmq';
import { describe, expect, it } from 'vitest';
import { STEPS, type StepName } from '../../../shared/domain/steps.ts';
import type { TestEngine } from '../../helpers/engine.ts';
import { testEngines } from '../../helpers/engines.ts';
import { tinyPlan } from '../../helpers/plan.ts';
import { ScriptedSteps } from '../../helpers/scripted-steps.ts';

const engine = await testEngines();
const plan = (nodes: string[]) => tinyPlan({ stages: { dev: { a: [{ nodes }] } } });
const broken = () => {
  throw new Error('broken');
};

async function stepJob(it: TestEngine, id: string, step: StepName) {
  const job = await it.queues.job(step, `${id}_a_n1_r1_${step}`);
  if (!job) throw new Error(`no job of ${step}`);
  return job;
}

describe('a failed job that is removed', () => {
  it('releases the next step in BullMQ, which refuses to begin; the chain is mended, and a retry goes on in order', async () => {
    const it = await engine();
    const steps = new ScriptedSteps();
    steps.on('n1', 'drain', broken);
    await it.scheduler();
    await it.worker(steps.steps());
    const id = await it.rollout(plan(['n1']));
    await it.event(id, event => event.type === 'step-failed');
    const drain = await stepJob(it, id, 'drain');
    while (!(await drain.isFailed())) await new Promise(resolve => setImmediate(resolve));
    steps.on('n1', 'drain', null);
    await drain.remove();
    await it.event(id, event => event.type === 'mended');
    await expect.poll(async () => (await it.queues.job('drain', drain.id ?? ''))?.isFailed()).toBe(true);
    expect(steps.acts.filter(act => act.phase === 'begin')).toHaveLength(1);
    await it.command(id, { kind: 'retry', cluster: 'a', node: 'n1' });
    const status = await it.ended(id);
    expect(status.counts.done).toBe(1);
    const order = steps.acts.filter(act => act.phase === 'end').map(act => act.step);
    expect(order).toEqual([...STEPS]);
    const told = (await it.store.events(id)).filter(event => event.type === 'mended');
    expect(told.length).toBeGreaterThan(0);
  }, 30_000);
});

describe('fencing', () => {
  it('a stalled worker whose twin has begun is refused: guard, memory and result', async () => {
    const it = await engine();
    const steps = new ScriptedSteps();
    await it.scheduler();
    const worker = await it.worker(steps.steps());
    const refused: string[] = [];
    const id = await it.rollout(plan(['n1']));
    steps.on('n1', 'reboot', async context => {
      if (refused.length === 0) {
        // Another worker takes the stalled job over under the same attempt, and finishes.
        const ref = { cluster: 'a', node: 'n1', round: 1, step: 'reboot' } as const;
        const begun = await it.store.begin(id, ref, context.attempt);
        if (begun.kind !== 'go') throw new Error(begun.kind);
        for (const act of [() => context.guard(), () => context.remember({ late: true })]) {
          await act().catch((error: Error) => refused.push(error.message));
        }
        await it.store.report(id, ref, begun.epoch, { outcome: 'done', proof: { twin: true }, note: 'by the twin' });
      }
      return undefined;
    });
    const status = await it.ended(id);
    await worker.stop();
    expect(refused).toHaveLength(2);
    expect(status.nodes['a/n1']?.steps.reboot.note).toBe('by the twin');
    expect(
      (await it.store.events(id)).filter(event => event.type === 'step-done' && event.step === 'reboot'),
    ).toHaveLength(1);
  }, 30_000);

  it('a step with a result is never run again, whoever starts its job', async () => {
    const it = await engine();
    const steps = new ScriptedSteps();
    steps.on('n1', 'verify', broken);
    await it.scheduler();
    await it.worker(steps.steps());
    const id = await it.rollout(plan(['n1']));
    await it.event(id, event => event.type === 'step-failed');
    await (await stepJob(it, id, 'reboot')).retry('completed');
    steps.on('n1', 'verify', null);
    await it.command(id, { kind: 'retry', cluster: 'a', node: 'n1' });
    await it.ended(id);
    expect(steps.ends('n1', 'reboot')).toBe(1);
  }, 30_000);
});

describe('a worker that loses the lock of its job', () => {
  it('lets go; no failure is told, and whoever has the job then ends the step', async () => {
    const it = await engine();
    const steps = new ScriptedSteps();
    const id = await it.rollout(plan(['n1']));
    let visits = 0;
    let reason: unknown;
    steps.on('n1', 'upgrade', async context => {
      visits += 1;
      if (visits > 1) return undefined;
      await it.connection.del(`${it.prefix}:upgrade:${id}_a_n1_r1_upgrade:lock`);
      await new Promise(resolve => context.signal.addEventListener('abort', resolve, { once: true }));
      reason = context.signal.reason;
      throw reason;
    });
    await it.scheduler();
    await it.worker(steps.steps());
    expect((await it.ended(id)).counts.done).toBe(1);
    expect(reason).toBe('the lock of the job was lost');
    const types = (await it.store.events(id)).map(event => event.type);
    expect(types).not.toContain('attempt-failed');
    expect(types).not.toContain('step-failed');
  }, 60_000);

  it('and notices it only when it wants to come back later: no failure either', async () => {
    const it = await engine();
    const steps = new ScriptedSteps();
    const id = await it.rollout(plan(['n1']));
    let visits = 0;
    steps.on('n1', 'upgrade', async () => {
      visits += 1;
      if (visits > 1) return undefined;
      await it.connection.del(`${it.prefix}:upgrade:${id}_a_n1_r1_upgrade:lock`);
      return { kind: 'again', afterMs: 10, reason: 'not yet' };
    });
    await it.scheduler();
    await it.worker(steps.steps());
    expect((await it.ended(id)).counts.done).toBe(1);
    const types = (await it.store.events(id)).map(event => event.type);
    expect(types).not.toContain('attempt-failed');
    expect(types).not.toContain('step-failed');
  }, 60_000);
});

describe('the reconciler', () => {
  it('tells of a job that failed without its processor ever running (stall limit)', async () => {
    const it = await engine();
    const steps = new ScriptedSteps();
    const id = await it.rollout(plan(['n1']));
    const others = steps.steps().filter(step => step.name !== 'drain');
    await it.worker(others);
    const rogue = new Worker(
      'drain',
      () => Promise.reject(new UnrecoverableError('job stalled more than allowable limit')),
      { connection: it.connection, prefix: it.prefix },
    );
    await it.scheduler();
    const failed = await it.event(id, event => event.type === 'step-failed');
    await rogue.close();
    expect(failed).toMatchObject({ step: 'drain', failure: { code: 'stalled' } });
    await it.worker(steps.steps());
    await it.command(id, { kind: 'retry', cluster: 'a', node: 'n1' });
    expect((await it.ended(id)).counts.done).toBe(1);
  }, 30_000);

  it('wakes a job that a scheduler with a wrong clock put off for hours', async () => {
    const it = await engine();
    const id = `r${Date.now().toString(36)}`;
    await it.store.create(id, plan(['n1']), 'tester', false);
    await it.queues.queue('rollout').add('late', { rollout: id }, { jobId: id, delay: 3_600_000 });
    await it.worker(new ScriptedSteps().steps());
    await it.scheduler();
    expect((await it.ended(id)).counts.done).toBe(1);
  }, 30_000);

  it('carries on a rollout whose jobs of the upper tree were lost', async () => {
    const it = await engine();
    const steps = new ScriptedSteps();
    const id = `r${Date.now().toString(36)}`;
    await it.store.create(id, plan(['n1']), 'tester', false);
    // The process died between creating the rollout and adding its first job.
    await it.worker(steps.steps());
    await it.scheduler();
    expect((await it.ended(id)).counts.done).toBe(1);
  }, 30_000);

  it('gives the nudge of a retry again when the one who asked died before giving it', async () => {
    const it = await engine();
    const steps = new ScriptedSteps();
    steps.on('n1', 'upgrade', broken);
    await it.scheduler();
    await it.worker(steps.steps());
    const id = await it.rollout(plan(['n1']));
    await it.event(id, event => event.type === 'step-failed');
    steps.on('n1', 'upgrade', null);
    await it.store.command(id, { kind: 'retry', cluster: 'a', node: 'n1' }, 'tester', '');
    expect((await it.ended(id)).counts.done).toBe(1);
  }, 30_000);

  it('any number of schedulers and workers side by side do everything once', async () => {
    const it = await engine();
    const steps = new ScriptedSteps();
    for (let i = 0; i < 3; i += 1) {
      await it.scheduler();
      await it.worker(steps.steps());
    }
    const nodes = Array.from({ length: 12 }, (_, i) => `n${i}`);
    const id = await it.rollout(tinyPlan({ stages: { dev: { a: [{ nodes, concurrency: 4 }] } } }));
    const status = await it.ended(id);
    expect(status.counts.done).toBe(12);
    expect(steps.mostAway()).toBe(4);
    for (const node of nodes) for (const step of STEPS) expect(steps.ends(node, step)).toBe(1);
  }, 60_000);
});
