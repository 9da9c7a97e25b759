import { beforeEach, describe, expect, it } from 'vitest';
import { takeNodeLease } from '../../../services/common/node-lease.ts';
import { giveHoldBack, obstacleToWork } from '../../../services/workers/node-hold.ts';
import { drainStep } from '../../../services/workers/steps/drain/step.ts';
import { rebootStep } from '../../../services/workers/steps/reboot/step.ts';
import type { Step } from '../../../shared/ports/step.ts';
import { podView } from '../../helpers/fake-cluster.ts';
import { tinyPlan } from '../../helpers/plan.ts';
import { runToEnd, type StepWorld, stepWorld } from '../../helpers/step-world.ts';

const signal = new AbortController().signal;
const nodeLease = { namespace: 'medik8s-leases', prefix: 'node-' };
const plan = tinyPlan({ stages: { s: { fake: [{ nodes: ['a'] }] } }, kubernetes: true, cluster: { nodeLease } });

let world: StepWorld;
beforeEach(async () => {
  world = stepWorld();
  await world.cluster.putLease('kube-system', 'nodetide', { holder: 'here/r1', durationSeconds: 60, expected: null });
});

const begin = (step: unknown) => obstacleToWork(plan, step as Step, world.context());
const giveUp = async (step: { giveUp(context: never): Promise<string> }, more = {}) => {
  await step.giveUp(world.context(more) as never);
  expect(await giveHoldBack(plan, world.context())).toBeNull();
};
/** Another tool takes the node's Lease. */
const taken = () => {
  const other = {
    api: world.cluster,
    ...nodeLease,
    name: 'node-a',
    node: { name: 'a', uid: 'uid-a' },
    holder: 'other',
  };
  return takeNodeLease(other, 3600, world.clock.now(), signal);
};

describe('a step that is tried again after its node was given back', () => {
  it('of a drain: takes the Lease again, and waits for who has it now', async () => {
    world.cluster.add(podView('bare', 'a', { controller: null }));
    expect(await begin(drainStep)).toBeNull();
    await expect(runToEnd(world, drainStep)).rejects.toThrow('in the way');
    expect(await begin(drainStep)).toBeNull();
    await giveUp(drainStep);
    expect(await taken()).toBeNull();
    expect((await begin(drainStep))?.reason).toContain('held by other');
  });

  it('of a reboot that was not ordered: likewise', async () => {
    expect(await begin(rebootStep)).toBeNull();
    await giveUp(rebootStep);
    expect(world.memory.kept).toMatchObject({ toldNotSafe: true });
    expect(await taken()).toBeNull();
    expect((await begin(rebootStep))?.reason).toContain('held by other');
  });

  it('evicts again what came to the node meanwhile, also what tolerates its cordon', async () => {
    world.cluster.add(podView('web-1', 'a'), podView('web-2', 'a'));
    world.cluster.onEvict = pod =>
      pod.name === 'web-2' ? { kind: 'refused', message: 'no', budgets: ['web'], retryAfterMs: null } : null;
    await expect(runToEnd(world, drainStep)).rejects.toThrow('not drained in time');
    await giveUp(drainStep);
    world.cluster.onEvict = () => null;
    world.cluster.add(podView('tolerant', 'a', { toleratesCordon: true }));
    const { done } = await runToEnd(world, drainStep);
    expect(done.proof.evicted).toContain('shop/tolerant');
    expect(done.proof.skipped).toEqual([]);
  });
});

describe('a step under way', () => {
  it('is not held up by a Lease that somebody took meanwhile', async () => {
    await runToEnd(world, drainStep);
    await taken();
    expect(await begin(drainStep)).toBeNull();
  });

  it('is not held up once the reboot is ordered', async () => {
    await taken();
    world.memory.kept = {
      order: { bootId: 'b', atMs: 0, notAfterMs: 0, taken: true },
      sights: [],
      toldNotSafe: false,
      drain: null,
    };
    expect(await begin(rebootStep)).toBeNull();
  });
});
