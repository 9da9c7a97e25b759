import fc from 'fast-check';
import { describe, it } from 'vitest';
import { testRedis } from '../../helpers/redis.ts';
import { SEED } from '../../helpers/seed.ts';
import { anyAct, perform } from '../../helpers/store-model/acts.ts';
import { endIt } from '../../helpers/store-model/finale.ts';
import { anyFleet, planOf } from '../../helpers/store-model/fleet.ts';
import { SameStory } from '../../helpers/store-model/same-story.ts';
import { StoreWorld } from '../../helpers/store-model/world.ts';

const redis = await testRedis();
/** `NODETIDE_TEST_RUNS` searches longer. */
const RUNS = Number(process.env['NODETIDE_TEST_RUNS'] ?? 60);

describe(`the store, whatever comes (seed ${SEED})`, () => {
  it(
    'keeps every rule, and state and journal tell one story',
    async () => {
      let run = 0;
      const rollouts = fc.asyncProperty(
        anyFleet,
        fc.array(anyAct, { minLength: 10, maxLength: 60, size: 'max' }),
        async (fleet, acts) => {
          run += 1;
          const world = StoreWorld.real(redis.redis, `${redis.prefix}-${run}`, `r${run}`, planOf(fleet));
          const oracle = StoreWorld.pure(`r${run}`, planOf(fleet));
          const story = new SameStory(world, oracle);
          await world.begin();
          await oracle.begin();
          for (const act of acts) {
            await perform(world, act);
            await perform(oracle, act);
            await world.agree();
            await story.compare();
          }
          await endIt(world);
          await endIt(oracle);
          await story.compare();
        },
      );
      await fc.assert(rollouts, { numRuns: RUNS });
    },
    RUNS * 3_000,
  );
});
