import { beforeEach, describe, expect, it } from 'vitest';
import { drainStep } from '../../../../services/workers/steps/drain/step.ts';
import { failureOf } from '../../../../shared/domain/failure.ts';
import { nodeView, pdbView, podView } from '../../../helpers/fake-cluster.ts';
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
  const crashing = { ready: false, trouble: 'CrashLoopBackOff in app, 7 restarts, ended last with Error' };
  const others = [podView('web-2', 'b'), podView('web-3', 'b', crashing)];

  it('gives its worker back between visits and says what it waits for', async () => {
    world.cluster.add(nodeView('b'), podView('web-1', 'a'), ...others);
    const freeAtMs = world.clock.now() + 90_000;
    world.cluster.onEvict = () => (world.clock.now() < freeAtMs ? refuse() : null);
    world.cluster.budgets = [budget];
    const { done, reasons } = await drain();
    expect(reasons.length).toBeGreaterThanOrEqual(4);
    const refusal = 'budget web allows no disruption: 2 of 3 healthy, 2 needed';
    const reason = `waiting for shop/web-1: ${refusal}, shop/web-3 crash loop in app`;
    expect(new Set(reasons)).toEqual(new Set([reason]));
    // Written once, not at every visit.
    expect(world.log.join('').split(`shop/web-1 (ReplicaSet web): ${refusal}`)).toHaveLength(2);
    expect(done.proof.tookMs).toBeGreaterThanOrEqual(90_000);
  });

  it('ends at its deadline with an account of what is left', async () => {
    world.cluster.add(nodeView('b'), podView('web-1', 'a'), podView('slow', 'a'), ...others);
    world.cluster.onEvict = pod => (pod.name === 'web-1' ? refuse() : null);
    world.cluster.stopMs = Number.POSITIVE_INFINITY;
    world.cluster.budgets = [budget];
    const failure = await failing(drain());
    expect(failure).toMatchObject({ code: 'drain-timeout', retryable: false });
    expect(failure.seen?.split('\n').map(line => line.replace(/\d+ s/, 'N s'))).toEqual([
      'shop/web-1 (ReplicaSet web): budget web allows no disruption: 2 of 3 healthy, 2 needed',
      'shop/slow (ReplicaSet web): terminating, its grace period ended N s ago',
    ]);
    expect(failure.account?.[0]).toBe(failure.seen?.split('\n')[0]);
    expect(failure.account).toContain('  healthy: 1 on b');
    expect(failure.account).toContain(`  not healthy: shop/web-3 ${crashing.trouble}`);
    expect(failure.account).toContain('    $ kubectl -n shop logs web-3 --previous --all-containers');
    expect(failure.todo).toContain('kubectl -n shop logs web-3');
    expect(world.log.join('')).toContain(failure.account?.join('\n'));
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
