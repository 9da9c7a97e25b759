import { expect, it } from 'vitest';
import { drainStep } from '../../../../services/workers/steps/drain/step.ts';
import { failureOf } from '../../../../shared/domain/failure.ts';
import { podView } from '../../../helpers/fake-cluster.ts';
import { POLICY, runToEnd, stepWorld } from '../../../helpers/step-world.ts';

/** Runs a drain whose limit falls between the end of the last pod and the list that would see it. */
async function late(after: 'nothing' | 'another pod') {
  const world = stepWorld();
  const { cluster, clock } = world;
  cluster.add(podView('web', 'a'));
  const list = cluster.listPodsOnNode.bind(cluster);
  let isSlow = false;
  cluster.onGone = () => {
    isSlow = true;
  };
  cluster.listPodsOnNode = async (node, selector) => {
    if (isSlow) {
      isSlow = false;
      if (after === 'another pod') cluster.add(podView('late', 'a'));
      await clock.sleep(30_000);
    }
    return list(node, selector);
  };
  const limits = { ...POLICY.limits, drain: { ...POLICY.limits.drain, timeoutMs: 8_000 } };
  return runToEnd(world, drainStep, { policy: { ...POLICY, limits } });
}

it('a last pod that goes at the very limit is looked for once more', async () => {
  expect((await late('nothing')).done.proof).toMatchObject({ drained: true, evicted: ['shop/web'] });
});

it('a pod that came meanwhile is told as left', async () => {
  const failure = failureOf(await late('another pod').catch((error: unknown) => error));
  expect(failure).toMatchObject({ code: 'drain-timeout', message: 'a was not drained in time: 1 pod left' });
});
