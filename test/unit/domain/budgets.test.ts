import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asksBudgets, budgetsOf, neverAllows } from '../../../shared/domain/budgets.ts';
import type { PdbView } from '../../../shared/domain/facts.ts';
import { pdbView, podView } from '../../helpers/fake-cluster.ts';

const app = (value: string) => [{ key: 'app', operator: 'in' as const, values: [value] }];

describe('budgetsOf', () => {
  const pod = podView('web-1', 'n1', { labels: { app: 'web' } });
  it.each([
    ['a selector that matches', pdbView('b', { selector: app('web') }), true],
    ['an empty selector', pdbView('b', { selector: [] }), true],
    ['no selector', pdbView('b', { selector: null }), false],
    ['a selector of other labels', pdbView('b', { selector: app('db') }), false],
    ['another namespace', pdbView('b', { namespace: 'other', selector: app('web') }), false],
  ])('%s', (_, pdb, matches) => {
    expect(budgetsOf(pod, [pdb])).toEqual(matches ? [pdb] : []);
  });

  it('names all of several', () => {
    const pdbs = [pdbView('a', { selector: app('web') }), pdbView('b', { selector: [] })];
    expect(budgetsOf(pod, pdbs).map(each => each.name)).toEqual(['a', 'b']);
  });
});

describe('asksBudgets', () => {
  it.each([
    ['Running', null, true],
    ['Unknown', null, true],
    ['Pending', null, false],
    ['Succeeded', null, false],
    ['Failed', null, false],
    ['Running', 1, false],
  ])('%s, deleted at %s', (phase, deletionMs, asks) => {
    expect(asksBudgets(podView('p', 'n', { phase, deletionMs }))).toBe(asks);
  });
});

describe('neverAllows', () => {
  const min = (minAvailable: string, expectedPods: number, more: Partial<PdbView> = {}) =>
    pdbView('b', { minAvailable, maxUnavailable: null, expectedPods, ...more });
  const max = (maxUnavailable: string, expectedPods: number, more: Partial<PdbView> = {}) =>
    pdbView('b', { minAvailable: null, maxUnavailable, expectedPods, ...more });

  it.each([
    [max('0', 3), 'max-unavailable-zero', 'maxUnavailable is 0'],
    [max('0%', 3), 'max-unavailable-zero', 'maxUnavailable is 0%'],
    [max('0', 0), 'max-unavailable-zero', 'maxUnavailable is 0'],
    [max('1', 3), null, ''],
    [max('1%', 3), null, ''],
    [min('100%', 3), 'min-available-all', 'minAvailable is 100%'],
    [min('100%', 0, { observed: false }), 'min-available-all', 'minAvailable is 100%'],
    [min('3', 3), 'min-available-all', 'minAvailable is 3, and it has 3 pods'],
    [min('1', 1), 'min-available-all', 'minAvailable is 1, and it has 1 pod'],
    [min('5', 3), 'min-available-all', 'minAvailable is 5, and it has 3 pods'],
    [min('90%', 5), 'min-available-all', 'minAvailable is 90%, which rounds up to all 5 of its pods'],
    [min('50%', 1), 'min-available-all', 'minAvailable is 50%, which rounds up to its only pod'],
    [min('50%', 2), null, ''],
    [min('2', 3), null, ''],
    [min('0', 3), null, ''],
    [min('0%', 1), null, ''],
    [min('3', 0), null, ''],
    [min('3', 3, { observed: false }), null, ''],
    [min('3', 3, { selector: null }), null, ''],
    [pdbView('b', { minAvailable: null }), 'nothing-set', 'it sets neither minAvailable nor maxUnavailable'],
  ])('%#', (pdb, kind, reason) => {
    expect(neverAllows(pdb)).toEqual(kind === null ? null : { kind, reason });
  });

  it('tells a budget that cannot count its pods from one without pods', () => {
    const pods = [podView('p', 'n')];
    expect(neverAllows(max('1', 0))).toBeNull();
    expect(neverAllows(max('1', 0), [])).toBeNull();
    expect(neverAllows(max('1', 0), pods)?.kind).toBe('no-scale');
    expect(neverAllows(min('50%', 0), pods)?.kind).toBe('no-scale');
    expect(neverAllows(min('1', 0), pods)).toBeNull();
    expect(neverAllows(max('1', 0, { observed: false }), pods)).toBeNull();
    expect(neverAllows(max('1', 0), [podView('p', 'n', { phase: 'Pending' })])).toBeNull();
  });

  it('agrees with the arithmetic of the disruption controller when every pod is healthy', () => {
    const amount = fc.oneof(
      fc.integer({ min: 0, max: 12 }).map(String),
      fc.integer({ min: 0, max: 100 }).map(percent => `${percent}%`),
    );
    fc.assert(
      fc.property(amount, fc.boolean(), fc.integer({ min: 1, max: 12 }), (text, isMax, expectedPods) => {
        const share = text.endsWith('%') ? Math.ceil((Number.parseInt(text, 10) * expectedPods) / 100) : Number(text);
        const desired = isMax ? Math.max(0, expectedPods - share) : share;
        const pdb = isMax ? max(text, expectedPods) : min(text, expectedPods);
        expect(neverAllows(pdb) !== null).toBe(expectedPods - desired <= 0);
      }),
    );
  });
});
