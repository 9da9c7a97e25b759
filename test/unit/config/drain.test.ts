import { expect, it } from 'vitest';
import { fleetOf } from '../../helpers/inventory.ts';

const fleet = (kubernetes: string, drain: string) => {
  const text = `
fleet: acme
stages: [{name: one, clusters: [dev]}]
defaults:
  ssh: {user: ops}
  waves: [{sequences: [1]}]
  policy: {drain: ${drain}}
clusters: {dev: {kubernetes: ${kubernetes}}}
`;
  return fleetOf(text).stages[0]?.clusters[0];
};

it('the order and the patience of a drain, compiled', () => {
  const written =
    '{notifyAfter: 5m, deleteRefusedAfter: 10m, deleteRefusedSelector: app=batch, ' +
    'order: [{namespaces: [shop]}, {rest: true}, {selector: app=door}, {priorityClasses: [high]}]}';
  expect(fleet('{inCluster: true}', written)?.nodePolicy.drain).toMatchObject({
    notifyAfterMs: 300_000,
    deleteRefusedAfterMs: 600_000,
    deleteRefusedSelector: 'app=batch',
    order: [
      { kind: 'namespaces', names: ['shop'] },
      { kind: 'rest' },
      { kind: 'selector', selector: 'app=door' },
      { kind: 'priorityClasses', names: ['high'] },
    ],
  });
});

it('by default all pods go at once, budgets are waited for, and the rate is our own', () => {
  const cluster = fleet('{inCluster: true}', '{}');
  expect(cluster?.nodePolicy.drain).toMatchObject({ order: [], notifyAfterMs: 0, deleteRefusedAfterMs: 0 });
  expect(cluster?.kubernetes).toEqual({ inCluster: true });
});

it('the rate of requests to a cluster', () => {
  expect(fleet('{inCluster: true, qps: 50, burst: 100}', '{}')?.kubernetes).toEqual({
    inCluster: true,
    qps: 50,
    burst: 100,
  });
});
