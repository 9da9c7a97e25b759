import fc from 'fast-check';
import { describe, it } from 'vitest';
import { SEED } from '../../helpers/seed.ts';
import { anyAct, perform } from '../../helpers/store-model/acts.ts';
import { endIt } from '../../helpers/store-model/finale.ts';
import { anyFleet, planOf } from '../../helpers/store-model/fleet.ts';
import { StoreWorld } from '../../helpers/store-model/world.ts';

/** `NODETIDE_TEST_RUNS` searches longer. */
const RUNS = Number(process.env['NODETIDE_TEST_RUNS'] ?? 200) * 5;

describe(`the core in memory, whatever comes (seed ${SEED})`, () => {
  it(
    `keeps every rule after every event of ${RUNS} rollouts, and each can be ended`,
    async () => {
      const rollouts = fc.asyncProperty(
        anyFleet,
        fc.array(anyAct, { minLength: 10, maxLength: 60, size: 'max' }),
        async (fleet, acts) => {
          const world = StoreWorld.pure('r', planOf(fleet));
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
    RUNS * 100,
  );
});
