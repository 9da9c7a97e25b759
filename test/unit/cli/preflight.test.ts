import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { onlyBlockers, renderPreflight, warningsText } from '../../../services/cli/render/preflight.ts';
import { width as textWidth } from '../../../services/cli/render/text.ts';
import { preflight } from '../../../shared/domain/preflight/preflight.ts';
import { pdbView, podView } from '../../helpers/fake-cluster.ts';
import { asking, type Case, factsOfCase, planOfCase, roomy } from '../../helpers/preflight.ts';

const crowd = Array.from({ length: 14 }, (_, at) =>
  podView(`cache-with-quite-a-long-name-${at}`, `worker-${at % 12}.eu-central.example.com`, { emptyDir: true }),
);
const CASE: Case = {
  nodes: [
    ...Array.from({ length: 12 }, (_, at) => roomy(`worker-${at}.eu-central.example.com`)),
    roomy('gpu-1', { labels: { gpu: 'yes' } }),
  ],
  pods: [
    ...crowd,
    podView('db-0', 'worker-1.eu-central.example.com', { labels: { app: 'db' } }),
    podView('naked', 'worker-2.eu-central.example.com', { controller: null }),
    asking('trainer', 'gpu-1', 2, { nodeSelector: { gpu: 'yes' } }),
  ],
  budgets: [
    pdbView('db', { selector: [{ key: 'app', operator: 'in', values: ['db'] }], minAvailable: '1', expectedPods: 1 }),
  ],
  waves: [
    { nodes: ['worker-0.eu-central.example.com'] },
    { nodes: Array.from({ length: 11 }, (_, at) => `worker-${at + 1}.eu-central.example.com`), concurrency: 2 },
    { nodes: ['gpu-1'] },
  ],
};
const plan = planOfCase(CASE);
const report = preflight(plan, new Map([['c', factsOfCase(CASE)]]));

describe('a preflight for people', () => {
  it.each([80, 160])('at %i columns', async width => {
    const shown = renderPreflight(plan, report, { width, color: false });
    await expect(`${shown}\n`).toMatchFileSnapshot(`golden/preflight-${width}.txt`);
    for (const line of shown.split('\n')) expect(textWidth(line)).toBeLessThanOrEqual(width);
  });

  it('says the same with colours', () => {
    const coloured = renderPreflight(plan, report, { width: 80, color: true });
    expect(stripVTControlCharacters(coloured)).toBe(renderPreflight(plan, report, { width: 80, color: false }));
  });

  it('can be told without its warnings, which are counted', () => {
    const shown = renderPreflight(plan, onlyBlockers(report), { width: 80, color: false });
    expect(shown).toMatch(/^Preflight: 3 blockers\n/);
    expect(shown).not.toContain('warning');
    expect(shown).not.toContain('Wave 1');
    expect(warningsText(report)).toBe('the preflight has 2 warnings (emptyDirLost)');
  });

  it('with nothing in it', () => {
    const quiet = preflight(
      planOfCase({ nodes: [roomy('a')] }),
      new Map([['c', factsOfCase({ nodes: [roomy('a')] })]]),
    );
    expect(renderPreflight(plan, quiet, { width: 80, color: false })).toBe(
      'Preflight: nothing found\n\n  Cluster c\n    Wave 1 of 3 [1]: nothing found',
    );
  });
});
