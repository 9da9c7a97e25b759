import fc from 'fast-check';
import { expect, it } from 'vitest';
import { drainStep } from '../../../services/workers/steps/drain/step.ts';
import { uncordonStep } from '../../../services/workers/steps/uncordon/step.ts';
import type { NodeView } from '../../../shared/domain/facts.ts';
import type { Taint } from '../../../shared/domain/placement.ts';
import type { CordonPolicy } from '../../../shared/domain/policy.ts';
import type { Step, StepContext } from '../../../shared/ports/step.ts';
import { podView } from '../../helpers/fake-cluster.ts';
import { NODE, POLICY, type StepWorld, stepWorld } from '../../helpers/step-world.ts';

/** The process died: nobody hears of it, and another one goes on. */
class Died extends Error {}

const taint: fc.Arbitrary<Taint> = fc.record({
  key: fc.constantFrom('maintenance', 'gpu'),
  value: fc.constantFrom('', 'os'),
  effect: fc.constant('NoSchedule'),
});
const policies: fc.Arbitrary<CordonPolicy> = fc
  .record({
    unschedulable: fc.boolean(),
    taint: fc.option(taint),
    labelsDuring: fc.dictionary(fc.constantFrom('a', 'b'), fc.constantFrom('1', null)),
    labelsAfter: fc.constant({}),
  })
  .map(policy => ({ ...policy, unschedulable: policy.unschedulable || policy.taint === null }));
const befores = fc.record({
  unschedulable: fc.boolean(),
  labels: fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('1', '2')),
  taints: fc.uniqueArray(taint, { selector: each => each.key }),
});
/** At the how-manieth act the process dies, and whether the act was still done. */
const deaths = fc.array(fc.record({ at: fc.integer({ min: 1, max: 14 }), done: fc.boolean() }), { maxLength: 6 });

interface Death {
  readonly at: number;
  readonly done: boolean;
}

/** A world in which every act on the outside may be the last of its process. */
class Mortal {
  readonly world: StepWorld;
  readonly #policy: CordonPolicy;
  #death: Death | undefined;
  #acts = 0;
  #epoch = 0;

  constructor(world: StepWorld, policy: CordonPolicy) {
    this.world = world;
    this.#policy = policy;
  }

  /** The context of a process that lives until `death`. */
  live(death: Death | undefined): StepContext<unknown> {
    this.#death = death;
    this.#acts = 0;
    this.#epoch += 1;
    const { world } = this;
    return world.context({
      policy: { ...POLICY, cordon: this.#policy },
      fence: { installation: 'here', rollout: 'r1', node: NODE.name, round: 1, epoch: this.#epoch },
      host: this.#mortal(world.host),
      cluster: this.#mortal(world.cluster),
      memory: world.memory.kept,
      remember: kept =>
        this.#act(async () => {
          world.memory.kept = kept;
        }),
    });
  }

  #mortal<T extends object>(target: T): T {
    return new Proxy(target, {
      get: (object, key) => {
        const value = Reflect.get(object, key, object) as unknown;
        if (typeof value !== 'function') return value;
        const call = (...args: unknown[]): unknown => Reflect.apply(value, object, args);
        return key === 'watchPodsOnNode' ? call : (...args: unknown[]) => this.#act(async () => call(...args));
      },
    });
  }

  async #act<T>(act: () => Promise<T>): Promise<T> {
    this.#acts += 1;
    const { at, done } = this.#death ?? { at: Number.POSITIVE_INFINITY, done: true };
    if (this.#acts > at || (this.#acts === at && !done)) throw new Died();
    const result = await act();
    if (this.#acts === at) throw new Died();
    return result;
  }
}

/** Visits of one process after another, until the step is done. */
async function carryOut(mortal: Mortal, step: Step<'drain' | 'uncordon'>, left: Death[]) {
  for (;;) {
    try {
      const outcome = await step.run(mortal.live(left.shift()));
      if (outcome.kind === 'done') return outcome.proof;
      await mortal.world.clock.sleep(outcome.afterMs);
    } catch (error) {
      if (!(error instanceof Died)) throw error;
    }
  }
}

function seen(node: NodeView | undefined) {
  const { unschedulable, annotations, labels, room } = node ?? ({} as NodeView);
  return { unschedulable, annotations, labels, taints: room.taints.map(each => JSON.stringify(each)).sort() };
}

function worldWith({ taints, ...before }: typeof befores extends fc.Arbitrary<infer T> ? T : never): StepWorld {
  const world = stepWorld();
  const room = { ...(world.cluster.nodes.get('a') as NodeView).room, taints };
  world.cluster.change('a', { ...before, room });
  world.cluster.add(podView('web-1', 'a'));
  return world;
}

it('wherever processes die, a node is drained and given back exactly as it was', async () => {
  await fc.assert(
    fc.asyncProperty(befores, policies, deaths, deaths, async (before, policy, inDrain, inUncordon) => {
      const world = worldWith(before);
      const mortal = new Mortal(world, policy);
      const wanted = seen(world.cluster.nodes.get('a'));
      await carryOut(mortal, drainStep as unknown as Step<'drain'>, [...inDrain]);
      expect(world.cluster.pods.size).toBe(0);
      const away = world.cluster.nodes.get('a') as NodeView;
      expect(away.unschedulable).toBe(policy.unschedulable || before.unschedulable);
      if (policy.taint) expect(away.room.taints.map(each => each.key)).toContain(policy.taint.key);
      world.memory.kept = null;
      const proof = await carryOut(mortal, uncordonStep as unknown as Step<'uncordon'>, [...inUncordon]);
      expect(seen(world.cluster.nodes.get('a'))).toEqual(wanted);
      expect(world.host.owner).toBeNull();
      const wasTainted = before.taints.some(each => each.key === policy.taint?.key);
      const ours = policy.unschedulable ? !before.unschedulable : !wasTainted && !before.unschedulable;
      expect((proof as { uncordoned: boolean }).uncordoned).toBe(ours);
    }),
  );
});

it('wherever processes die, a drain that is given up leaves the node exactly as it was', async () => {
  await fc.assert(
    fc.asyncProperty(befores, policies, deaths, async (before, policy, inDrain) => {
      const world = worldWith(before);
      const mortal = new Mortal(world, policy);
      const wanted = seen(world.cluster.nodes.get('a'));
      for (const death of inDrain) {
        await drainStep.run(mortal.live(death) as never).catch((error: unknown) => {
          if (!(error instanceof Died)) throw error;
        });
      }
      await drainStep.giveUp(mortal.live(undefined) as never);
      expect(seen(world.cluster.nodes.get('a'))).toEqual(wanted);
      expect(world.host.owner).toBeNull();
    }),
  );
});
