import { describe, expect, it } from 'vitest';
import type { PdbView, PodView } from '../../../shared/domain/facts.ts';
import { pdbView, podView } from '../../helpers/fake-cluster.ts';
import { asking, type Case, findingsOf, roomy, shortly } from '../../helpers/preflight.ts';

const nodes = ['a', 'b', 'c'].map(name => roomy(name));
const app = { labels: { app: 'web' } };
const web: PdbView['selector'] = [{ key: 'app', operator: 'in', values: ['web'] }];
const well = {
  disruptionsAllowed: 1,
  desiredHealthy: 1,
  currentHealthy: 2,
  expectedPods: 2,
  minAvailable: '1',
  selector: web,
};

function found(budget: Partial<PdbView>, pod: Partial<PodView> = {}, more: Case = {}) {
  const pods = [podView('p', 'a', { ...app, ...pod })];
  return findingsOf({
    nodes,
    waves: [{ nodes: ['a'] }],
    pods,
    budgets: [pdbView('x', { ...well, ...budget })],
    ...more,
  });
}

describe('a budget', () => {
  const zero = { disruptionsAllowed: 0, currentHealthy: 1 };
  const maxZero = { ...zero, minAvailable: null, maxUnavailable: '0', desiredHealthy: 2 };
  it.each<[string, Partial<PdbView>, Partial<PodView>, string[], Case?]>([
    ['with room', {}, {}, []],
    ['of maxUnavailable 0', maxZero, {}, ['budgetNeverAllows a: p']],
    ['of maxUnavailable 0%', { ...maxZero, maxUnavailable: '0%' }, {}, ['budgetNeverAllows a: p']],
    ['of minAvailable 100%', { ...zero, minAvailable: '100%' }, {}, ['budgetNeverAllows a: p']],
    ['of minAvailable as many as there are', { ...zero, minAvailable: '2' }, {}, ['budgetNeverAllows a: p']],
    ['of minAvailable more than there are', { ...zero, minAvailable: '5' }, {}, ['budgetNeverAllows a: p']],
    ['without room now', zero, {}, ['budgetAllowsNoneNow a: p']],
    ['whose numbers are not of its present specification', { ...zero, observed: false }, {}, []],
    ['of another namespace', { ...maxZero, namespace: 'other' }, {}, []],
    ['of other pods', { ...maxZero, selector: [{ key: 'app', operator: 'in', values: ['db'] }] }, {}, []],
    ['of no pods', { ...maxZero, selector: null }, {}, []],
    ['of all pods of the namespace', { ...maxZero, selector: [] }, {}, ['budgetNeverAllows a: p']],
    ['that is not asked: pending', maxZero, { phase: 'Pending' }, []],
    ['that is not asked: finished', maxZero, { phase: 'Succeeded' }, []],
    ['that is not asked: terminating', maxZero, { deletionMs: 1 }, []],
    ['that is not asked: disableEviction', maxZero, {}, [], { drain: { disableEviction: true } }],
    ['that lets unready pods go', { ...maxZero, unhealthyPods: 'AlwaysAllow' }, { ready: false }, []],
    [
      'that lets unready pods go, over a ready one',
      { ...maxZero, unhealthyPods: 'AlwaysAllow' },
      {},
      ['budgetNeverAllows a: p'],
    ],
    [
      'that has what it wants, over an unready pod',
      { ...zero, currentHealthy: 1, desiredHealthy: 1 },
      { ready: false },
      [],
    ],
    [
      'over a pod that stays: DaemonSet',
      maxZero,
      { controller: { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'd' } },
      [],
    ],
  ])('%s', (_, budget, pod, expected, more = {}) => {
    expect(shortly(found(budget, pod, more))).toEqual(expected);
  });

  it('says its numbers', () => {
    const [finding] = found({ ...zero, currentHealthy: 2, desiredHealthy: 2, expectedPods: 3 });
    expect(finding).toMatchObject({
      level: 'warn',
      message: 'budget shop/x allows no eviction now: 2 of 3 pods are healthy, 2 must be',
    });
  });

  it('that is slower only is no finding: two of its pods in one wave of two at once', () => {
    const pods = [podView('p', 'a', app), podView('q', 'b', app)];
    expect(
      findingsOf({ nodes, waves: [{ nodes: ['a', 'b'], concurrency: 2 }], pods, budgets: [pdbView('x', well)] }),
    ).toEqual([]);
  });
});

describe('several budgets', () => {
  it('on one pod are a blocker, and neither is judged besides', () => {
    const budgets = [pdbView('x', well), pdbView('y', { ...well, maxUnavailable: '0', selector: [] })];
    const findings = findingsOf({ nodes, pods: [podView('p', 'b', app)], budgets });
    expect(shortly(findings)).toEqual(['severalBudgets b: p']);
    expect(findings[0]?.message).toContain('x, y');
  });

  it('in one namespace over different pods are none', () => {
    const budgets = [
      pdbView('x', well),
      pdbView('y', { ...well, selector: [{ key: 'app', operator: 'not-in', values: ['web'] }] }),
    ];
    expect(findingsOf({ nodes, pods: [podView('p', 'b', app)], budgets })).toEqual([]);
  });
});

describe('a budget over pods that can run nowhere else', () => {
  const here = (name: string) => asking(name, 'a', 1, { nodeSelector: { disk: 'ssd' } }, app);
  const ssd = [roomy('a', { labels: { disk: 'ssd' } }), roomy('b')];
  const spare = (spared: number) =>
    pdbView('x', {
      ...well,
      expectedPods: 3,
      currentHealthy: 3,
      desiredHealthy: 3 - spared,
      disruptionsAllowed: spared,
    });
  const waves = [{ nodes: ['a'] }];

  it('blocks for ever when it can spare fewer than the node has', () => {
    const findings = findingsOf({ nodes: ssd, waves, pods: [here('p'), here('q')], budgets: [spare(1)] });
    expect(shortly(findings, 'budgetTooTight')).toEqual(['budgetTooTight a: p,q']);
  });

  it('does not when it can spare all of them', () => {
    const findings = findingsOf({ nodes: ssd, waves, pods: [here('p'), here('q')], budgets: [spare(2)] });
    expect(shortly(findings, 'budgetTooTight')).toEqual([]);
  });
});
