import fc from 'fast-check';
import { expect, it } from 'vitest';
import { confirmDrained } from '../../../../services/workers/common/drain/confirm.ts';
import { drainStep } from '../../../../services/workers/steps/drain/step.ts';
import { failureOf } from '../../../../shared/domain/failure.ts';
import type { EvictionAnswer } from '../../../../shared/ports/cluster.ts';
import { podView } from '../../../helpers/fake-cluster.ts';
import { POLICY, runToEnd, stepWorld } from '../../../helpers/step-world.ts';

const controllers = {
  ReplicaSet: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web' },
  DaemonSet: { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'agent' },
  none: null,
};
const answers: Record<string, EvictionAnswer | null> = {
  accepted: null,
  refused: { kind: 'refused', message: 'no', budgets: ['web'], retryAfterMs: null },
  later: { kind: 'refused', message: 'busy', budgets: [], retryAfterMs: 3_000 },
  trouble: { kind: 'trouble', message: 'reset', retryAfterMs: null },
  impossible: { kind: 'impossible', message: 'two budgets' },
};
const pod = fc.record({
  owner: fc.constantFrom<keyof typeof controllers>('ReplicaSet', 'ReplicaSet', 'ReplicaSet', 'DaemonSet', 'none'),
  mirror: fc.boolean(),
  answers: fc.array(fc.constantFrom('accepted', 'refused', 'later', 'trouble'), { maxLength: 6 }),
  impossible: fc.integer({ min: 0, max: 30 }).map(number => number === 0),
});

it('a drain ends with the pods gone that may go, or with a failure that names what is left', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(pod, { maxLength: 12 }), fc.boolean(), async (pods, force) => {
      const world = stepWorld();
      world.cluster.daemonSets.add('shop/agent');
      const script = new Map<string, readonly string[]>();
      pods.forEach(({ owner, mirror, ...rest }, index) => {
        world.cluster.add(
          podView(`p${index}`, 'a', { controller: controllers[owner], mirror: mirror && owner === 'none' }),
        );
        script.set(`p${index}`, rest.impossible ? ['impossible'] : rest.answers);
      });
      world.cluster.onEvict = ({ name }, nth) => answers[script.get(name)?.[nth - 1] ?? 'accepted'] ?? null;
      const policy = { ...POLICY, drain: { ...POLICY.drain, force } };
      const ended = await runToEnd(world, drainStep, { policy }).then(
        ({ done }) => done.proof,
        (error: unknown) => failureOf(error),
      );
      const evicted = new Set(world.cluster.acts.filter(act => act.startsWith('evict')).map(act => act.slice(11)));
      pods.forEach(({ owner, mirror }, index) => {
        const mayGo = owner === 'ReplicaSet' || (owner === 'none' && !mirror && force);
        if (!mayGo) expect(evicted).not.toContain(`p${index}`);
      });
      if ('code' in ended) {
        expect(['drain-obstacles', 'drain-impossible']).toContain(ended.code);
        if (ended.code === 'drain-obstacles') expect(evicted.size).toBe(0);
        expect(ended.seen).not.toBe('');
        return;
      }
      expect([...ended.evicted].sort()).toEqual([...evicted].map(name => `shop/${name}`).sort());
      const state = await confirmDrained({
        ...world.context({ policy }),
        cluster: world.cluster,
        policy: policy.drain,
      });
      expect(state).toMatchObject({ held: true, why: [] });
    }),
    { numRuns: 150 },
  );
});
