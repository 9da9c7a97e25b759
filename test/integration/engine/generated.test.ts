import fc from 'fast-check';
import { describe, it } from 'vitest';
import type { Plan } from '../../../shared/domain/plan.ts';
import { tinyPlan } from '../../helpers/plan.ts';
import { testRedis } from '../../helpers/redis.ts';
import { SEED } from '../../helpers/seed.ts';
import { anyAct, perform } from '../../helpers/store-model/acts.ts';
import { endIt } from '../../helpers/store-model/finale.ts';
import { StoreWorld } from '../../helpers/store-model/world.ts';

const redis = await testRedis();
/** `NODETIDE_TEST_RUNS` searches longer. */
const RUNS = Number(process.env['NODETIDE_TEST_RUNS'] ?? 200);

const anyFleet = fc.record({
  first: fc.subarray(['n1', 'n2', 'n3', 'cp1', 'cp2'], { minLength: 1 }),
  second: fc.subarray(['n4', 'cp3'], { minLength: 1 }),
  beside: fc.boolean(),
  concurrency: fc.constantFrom(1, 2, 3, 3),
  failureBudget: fc.constantFrom(0, 0, 1),
  maxUnavailable: fc.constantFrom(1, 2, 3, 6),
});

function planOf(fleet: typeof anyFleet extends fc.Arbitrary<infer T> ? T : never): Plan {
  const { first, second, beside, concurrency, failureBudget, maxUnavailable } = fleet;
  const a = [{ nodes: first, concurrency }, { nodes: second }];
  const b = [{ nodes: ['n1', 'n2'], concurrency: 2 }];
  const stages = { dev: beside ? { a, b } : { a }, live: { c: [{ nodes: ['n1', 'n2'] }] } };
  return tinyPlan({ stages, failureBudget, cluster: { maxUnavailable: { kind: 'number', value: maxUnavailable } } });
}

describe(`the store, whatever comes (seed ${SEED})`, () => {
  it(
    'keeps every rule, and state and journal tell one story',
    async () => {
      let run = 0;
      const rollouts = fc.asyncProperty(
        anyFleet,
        fc.array(anyAct, { minLength: 10, maxLength: 60 }),
        async (fleet, acts) => {
          run += 1;
          const world = new StoreWorld(redis.redis, `${redis.prefix}-${run}`, `r${run}`, planOf(fleet));
          await world.begin();
          for (const act of acts) {
            await perform(world, act);
            await world.agree();
          }
          await endIt(world);
        },
      );
      await fc.assert(rollouts, { numRuns: RUNS });
    },
    RUNS * 600,
  );
});
