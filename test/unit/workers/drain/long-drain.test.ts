import { beforeEach, describe, expect, it } from 'vitest';
import { drainStep } from '../../../../services/workers/steps/drain/step.ts';
import { failureOf } from '../../../../shared/domain/failure.ts';
import { pdbView, podView } from '../../../helpers/fake-cluster.ts';
import { runToEnd, type StepWorld, stepWorld } from '../../../helpers/step-world.ts';

let world: StepWorld;
beforeEach(() => {
  world = stepWorld();
});

const failing = async (run: Promise<unknown>) => run.then(() => expect.fail('no failure'), failureOf);
const drain = (more = {}) => runToEnd(world, drainStep, more);

describe('a long drain', () => {
  const refuse = () => ({ kind: 'refused', message: 'no', budgets: ['web'], retryAfterMs: null }) as const;
  const budget = pdbView('web', { expectedPods: 3 });

  it('gives its worker back between visits and says what it waits for', async () => {
    world.cluster.add(podView('web-1', 'a'));
    const freeAtMs = world.clock.now() + 90_000;
    world.cluster.onEvict = () => (world.clock.now() < freeAtMs ? refuse() : null);
    world.cluster.budgets = [budget];
    const { done, reasons } = await drain();
    expect(reasons.length).toBeGreaterThanOrEqual(4);
    expect(new Set(reasons)).toEqual(new Set(['waiting for shop/web-1: refused by budget web']));
    expect(world.log.join('')).toContain('2 of 3 healthy, 2 needed');
    expect(done.proof.tookMs).toBeGreaterThanOrEqual(90_000);
  });

  it('ends at its deadline with an account of what is left', async () => {
    world.cluster.add(podView('web-1', 'a'), podView('slow', 'a'));
    world.cluster.onEvict = pod => (pod.name === 'web-1' ? refuse() : null);
    world.cluster.stopMs = Number.POSITIVE_INFINITY;
    world.cluster.budgets = [budget];
    const failure = await failing(drain());
    expect(failure).toMatchObject({ code: 'drain-timeout', retryable: false });
    expect(failure.seen).toContain(
      'shop/web-1 (ReplicaSet web): refused by budget web (0 disruptions allowed: 2 of 3 healthy, 2 needed)',
    );
    expect(failure.seen).toContain('shop/slow (ReplicaSet web): terminating');
  });

  it('waits for volumes to detach, and fails when they stay', async () => {
    world.cluster.volumes = ['csi-1'];
    const going = drain();
    void world.clock.sleep(25_000).then(() => {
      world.cluster.volumes = [];
    });
    expect((await going).reasons[0]).toContain('csi-1');
    world.memory.kept = null;
    world.cluster.volumes = ['csi-2'];
    expect(await failing(drain())).toMatchObject({ code: 'drain-volumes-attached', retryable: true });
  });

  it('retried after the volumes stayed, waits its time for them again', async () => {
    world.cluster.volumes = ['csi-1'];
    expect(await failing(drain())).toMatchObject({ code: 'drain-volumes-attached' });
    void world.clock.sleep(5_000).then(() => {
      world.cluster.volumes = [];
    });
    expect((await drain()).done.proof.drained).toBe(true);
  });

  it('says the same while a pod terminates', async () => {
    world.cluster.add(podView('web-1', 'a'));
    world.cluster.stopMs = 100_000;
    expect(new Set((await drain()).reasons).size).toBe(1);
  });

  it('an abort ends it with the reason of the signal', async () => {
    world.cluster.add(podView('web-1', 'a'));
    world.cluster.onEvict = refuse;
    const controller = new AbortController();
    const reason = new Error('stopping');
    void world.clock.sleep(3_000).then(() => controller.abort(reason));
    await expect(drain({ signal: controller.signal })).rejects.toBe(reason);
  });
});
