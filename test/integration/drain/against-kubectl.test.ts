import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { drainCase } from '../../helpers/drain-cases/case.ts';
import { clientDryRun } from '../../helpers/drain-cases/compare.ts';
import { findKubectl, type Kubectl } from '../../helpers/drain-cases/kubectl.ts';
import { RULES } from '../../helpers/drain-cases/rules.ts';
import { examineAll, type Finding, smallest, told } from '../../helpers/drain-cases/search.ts';
import { SEED } from '../../helpers/seed.ts';

const RUNS = Number(process.env['NODETIDE_TEST_RUNS'] ?? 200);
/** They mostly sleep: kubectl for 5 s after a refusal. */
const AT_ONCE = 16;
const LIMIT_MS = 120_000 + RUNS * 3_000;

const found = await findKubectl();
if (typeof found === 'string') console.log(`left out: ${found}`);
const kubectl = found as Kubectl;

describe.skipIf(typeof found === 'string')(`drains of generated nodes, ours and kubectl's, seed ${SEED}`, () => {
  const cases = fc.sample(drainCase, { numRuns: RUNS, seed: SEED });
  let findings: readonly Finding[] = [];
  afterAll(() => kubectl.close());

  it('agree on every pod, every obstacle, the end and who is gone', { timeout: LIMIT_MS }, async () => {
    findings = await examineAll(cases, AT_ONCE, kubectl);
    console.log(`kubectl ${kubectl.version}: ${summary(findings)}`);
    const bad = findings.find(each => each.unexplained.length > 0);
    if (bad) expect.fail(told(await smallest(bad, kubectl)));
    expect(findings).toHaveLength(cases.length);
  });

  it('agree with its dry run without a server, too', { timeout: LIMIT_MS }, async () => {
    for (const { seen, rules } of findings.filter((_each, at) => at % 10 === 0)) {
      const client = await clientDryRun(seen.given, kubectl);
      if (rules.length === 0) expect(client).toEqual(seen.kubectl.verdicts);
    }
  });

  it.skipIf(RUNS < 200)('meet every end, every obstacle, every owner and every budget', () => {
    const ends = new Set(findings.map(each => each.seen.kubectl.ending));
    expect([...ends].toSorted()).toEqual(['drained', 'impossible', 'obstacles', 'timeout']);
    const refused = findings.flatMap(each => each.seen.kubectl.verdicts.refused.map(text => text.replace(/: .*/, '')));
    expect([...new Set(refused)].toSorted()).toEqual(['DaemonSet', 'DaemonSet gone', 'local storage', 'no controller']);
    const begun = findings.filter(each => each.seen.ours.verdicts.refused.length === 0).map(each => each.seen.given);
    expect(new Set(begun.flatMap(each => each.groups.map(group => group.owner))).size).toBe(12);
    expect(new Set(begun.flatMap(each => each.budgets.map(budget => budget.shape))).size).toBe(6);
  });
});

it('every difference from kubectl that is meant is documented', () => {
  const page = readFileSync('docs/drain.md', 'utf8').replaceAll(/\s+/g, ' ');
  expect(RULES.filter(({ phrase }) => !page.includes(phrase)).map(({ phrase }) => phrase)).toEqual([]);
});

function summary(all: readonly Finding[]): string {
  const counts = new Map<string, number>();
  for (const { seen, rules } of all)
    for (const each of [seen.kubectl.ending, ...new Set(rules.map(phrase => `differs by rule: ${phrase}`))])
      counts.set(each, (counts.get(each) ?? 0) + 1);
  return [...counts].map(([what, count]) => `${count} ${what}`).join(', ');
}
