import fc from 'fast-check';
import { expect, it } from 'vitest';
import { drainCase } from '../../helpers/drain-cases/case.ts';
import { differences, observe } from '../../helpers/drain-cases/compare.ts';
import { findKubectl } from '../../helpers/drain-cases/kubectl.ts';

const RUNS = Number(process.env['NODETIDE_TEST_RUNS'] ?? 20);
const SEED = Number(process.env['NODETIDE_TEST_SEED'] ?? 1);
const kubectl = await findKubectl();

it('x', { timeout: 600_000 }, async () => {
  if (typeof kubectl === 'string') return;
  const cases = fc.sample(drainCase, { numRuns: RUNS, seed: SEED });
  const endings: Record<string, number> = {};
  const kinds: Record<string, number> = {};
  let next = 0;
  const bad: unknown[] = [];
  await Promise.all(Array.from({ length: 24 }, async () => {
    for (let at = next++; at < cases.length; at = next++) {
      const given = cases[at]!;
      const t0 = Date.now();
      const seen = await observe(given, kubectl);
      endings[seen.kubectl.ending] = (endings[seen.kubectl.ending] ?? 0) + 1;
      const diff = differences(seen);
      for (const d of diff) { const k = d.what + (d.what === 'ending' ? ` ${d.ours}/${d.kubectl}` : ''); kinds[k] = (kinds[k] ?? 0) + 1; }
      if (diff.length) bad.push({ at, ms: Date.now() - t0, given, diff, run: seen.kubectl.run });
    }
  }));
  console.log(JSON.stringify(bad, null, 1).slice(0, 20000));
  console.log(endings, kinds, bad.length);
  kubectl.close();
  expect(1).toBe(1);
});
