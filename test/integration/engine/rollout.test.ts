import { describe, expect, it } from 'vitest';
import { fail } from '../../../shared/domain/failures/catalogue.ts';
import { testEngines } from '../../helpers/engines.ts';
import { tinyPlan } from '../../helpers/plan.ts';
import { ScriptedSteps } from '../../helpers/scripted-steps.ts';

const engine = await testEngines();

describe('a rollout', () => {
  it('goes stage by stage, wave by wave, at most k nodes at once, and ends done', async () => {
    const it = await engine();
    const steps = new ScriptedSteps();
    await it.scheduler();
    await it.worker(steps.steps());
    const id = await it.rollout(
      tinyPlan({
        stages: {
          dev: { a: [{ nodes: ['a1', 'a2', 'a3'], concurrency: 2 }, { nodes: ['a4', 'a5'] }] },
          production: { b: [{ nodes: ['b1', 'b2'], concurrency: 2 }], c: [{ nodes: ['c1'] }] },
        },
      }),
    );
    const status = await it.ended(id);
    expect(status.state).toBe('done');
    expect(status.counts.done).toBe(8);
    expect(steps.mostAway(['a1', 'a2', 'a3'])).toBe(2);
    expect(steps.mostAway(['a4', 'a5'])).toBe(1);
    const order = steps.acts.filter(act => act.step === 'drain' && act.phase === 'begin').map(act => act.node);
    expect(order.slice(0, 3).toSorted()).toEqual(['a1', 'a2', 'a3']);
    expect(order.slice(3, 5).toSorted()).toEqual(['a4', 'a5']);
    expect(order.slice(5).toSorted()).toEqual(['b1', 'b2', 'c1']);
    for (const node of ['a1', 'b2', 'c1']) expect(steps.ends(node, 'reboot')).toBe(1);
  });

  it('stops at a failure, starts no further node, and a retry resumes at that very step', async () => {
    const it = await engine();
    const steps = new ScriptedSteps();
    steps.on('a1', 'reboot', () => {
      throw fail('host-key-changed', { message: 'the key of a1 changed' });
    });
    await it.scheduler();
    await it.worker(steps.steps());
    const id = await it.rollout(tinyPlan({ stages: { dev: { a: [{ nodes: ['a1', 'a2'] }] } } }));
    await it.event(id, event => event.type === 'step-failed');
    const failed = await it.status(id);
    expect(failed.state).toBe('waiting-on-person');
    expect(failed.nodes['a/a1']).toMatchObject({ state: 'failed', step: 'reboot', reason: 'the key of a1 changed' });
    expect(failed.nodes['a/a1']?.steps.reboot.failure?.leftAs).toBe('as the test left it');
    expect(failed.nodes['a/a2']?.state).toBe('pending');
    // The rest of the chain and its slot wait: nothing runs on past a failure.
    const waiting = [
      ['verify', `${id}_a_a1_r1_verify`],
      ['uncordon', `${id}_a_a1_r1_uncordon`],
      ['slot', `${id}_a_w0_s1`],
    ] as const;
    await expect.poll(async () => (await it.queues.job('reboot', `${id}_a_a1_r1_reboot`))?.getState()).toBe('failed');
    for (const [queue, job] of waiting) {
      expect(await (await it.queues.job(queue, job))?.getState(), job).toBe('waiting-children');
    }
    steps.on('a1', 'reboot', null);
    await it.command(id, { kind: 'retry', cluster: 'a', node: 'a1' });
    const status = await it.ended(id);
    expect(status.counts.done).toBe(2);
    expect(steps.ends('a1', 'drain')).toBe(1);
    expect(steps.ends('a1', 'upgrade')).toBe(1);
    expect(steps.ends('a1', 'reboot')).toBe(1);
  });

  it('tries a step again when that can help, and comes back to one that is not finished', async () => {
    const it = await engine();
    const steps = new ScriptedSteps();
    let attempts = 0;
    steps.on('a1', 'upgrade', () => {
      attempts += 1;
      if (attempts < 3) throw fail('host-connection-lost', { message: 'lost' });
      return Promise.resolve(undefined);
    });
    let looks = 0;
    steps.on('a1', 'verify', async context => {
      looks += 1;
      if (looks > 1) expect(context.memory).toEqual({ looks: looks - 1 });
      await context.remember({ looks });
      const account = [`look ${looks}`];
      return looks < 3 ? { kind: 'again', afterMs: 10, reason: 'soaking', account } : undefined;
    });
    await it.scheduler();
    await it.worker(steps.steps());
    const id = await it.rollout(tinyPlan({ stages: { dev: { a: [{ nodes: ['a1'] }] } }, limits: { attempts: 3 } }));
    const status = await it.ended(id);
    expect(status.counts.done).toBe(1);
    expect(attempts).toBe(3);
    expect(looks).toBe(3);
    const told = (await it.store.events(id)).filter(event => event.type === 'step-waiting');
    // Said once for a reason, with what was found out then.
    expect(told).toMatchObject([{ step: 'verify', reason: 'soaking', account: ['look 1'] }]);
    expect(status.nodes['a/a1']?.steps.verify.account).toEqual([]);
    expect(status.nodes['a/a1']?.steps.upgrade.attempt).toBe(3);
    expect(status.nodes['a/a1']?.steps.verify.attempt).toBe(1);
  });
});
