import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { testEngines } from '../../helpers/engines.ts';
import { anyRun, Interleaving, planOf } from '../../helpers/interleave/run.ts';
import { SEED } from '../../helpers/seed.ts';
import { Twins } from '../../helpers/store-model/compare.ts';

const engine = await testEngines();
const GROUPS = Number(process.env['NODETIDE_TEST_RUNS'] ?? 50) / 5;
const MOST_MS = 60_000;

describe(`whole rollouts, whatever befalls them (seed ${SEED})`, () => {
  const runs = fc.sample(anyRun, { numRuns: GROUPS * 5, seed: SEED });
  const groups = Array.from({ length: GROUPS }, (_, at) => runs.slice(at * 5, at * 5 + 5));
  it.each(groups.map((group, at) => [at + 1, group] as const))(
    'group %i: every rule is kept, and every rollout ends',
    async (_at, group) => {
      await Promise.all(
        group.map(async run => {
          const own = await engine();
          try {
            const id = await new Interleaving(own, run).carry(AbortSignal.timeout(MOST_MS));
            const { state } = await own.status(id);
            await own.stop();
            await new Twins(own.connection, own.prefix, id, planOf(run)).agree();
            expect(['done', 'aborted']).toContain(state);
          } catch (error) {
            throw new Error(`run ${JSON.stringify(run)}`, { cause: error });
          }
        }),
      );
    },
  );
});
