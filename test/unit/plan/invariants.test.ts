import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NodeView } from '../../../shared/domain/facts.ts';
import { planClusters, planNodes } from '../../../shared/domain/plan.ts';
import { buildPlan } from '../../../shared/domain/plan-build/build.ts';
import { NOT_NARROWED } from '../../../shared/domain/plan-build/narrow.ts';
import { CONTROL_PLANE, fleetOf, inventoriesOf, nodeView } from '../../helpers/inventory.ts';

/** Sequences 1 to 4 are in waves, 5 is in none. */
const fleets = (['refuse', 'last-wave'] as const).map(unsequenced =>
  fleetOf(`
fleet: acme
stages: [{name: one, clusters: [dev]}]
clusters:
  dev:
    kubernetes: {kubeconfig: kubeconfig, context: dev}
    unsequenced: ${unsequenced}
    ssh: {user: ops}
    policy: {allowControlPlaneOutage: true}
    inventory: {sources: [{kind: kubernetes, selector: '!skip'}]}
    waves: [{sequences: [3, 1], concurrency: 50%}, {sequences: [2]}, {sequences: [4]}]
`),
);

const anyNode = fc.record({
  sequence: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
  controlPlane: fc.boolean(),
  skip: fc.boolean(),
});

const anyNodes = fc.array(anyNode, { maxLength: 12 }).map(nodes =>
  nodes.map(({ sequence, controlPlane, skip }, index): NodeView => {
    const labels = { ...(controlPlane ? CONTROL_PLANE : {}), ...(skip ? { skip: '' } : {}) };
    return nodeView(`n-${index}`, sequence, { labels });
  }),
);

const anyNarrow = fc.record({
  waves: fc.subarray(['1+3', '2', '4']),
  nodes: fc.subarray(['n-0', 'n-1', 'n-2', 'n-3']),
  limit: fc.option(fc.integer({ min: 1, max: 6 })),
});

async function build(which: number, nodes: readonly NodeView[], narrow: Partial<typeof NOT_NARROWED> = {}) {
  const fleet = fleets[which];
  if (!fleet) throw new Error('no such fleet');
  const inventories = await inventoriesOf(fleet, { dev: nodes });
  return buildPlan({ fleet, inventories, narrow: { ...NOT_NARROWED, ...narrow }, nowMs: 0 });
}

describe('every plan', () => {
  const which = fc.constantFrom(0, 1);

  it('has each node exactly once: in a wave, left out, or in the problems', () =>
    fc.assert(
      fc.asyncProperty(which, anyNodes, async (fleet, nodes) => {
        const { plan, problems } = await build(fleet, nodes);
        if (plan) {
          const leftOut = planClusters(plan).flatMap(cluster => cluster.leftOut.map(each => each.node));
          const seen = [...planNodes(plan).map(node => node.name), ...leftOut];
          expect(seen.toSorted()).toEqual(nodes.map(node => node.name).toSorted());
          return;
        }
        const bad = nodes.filter(({ labels }) => {
          const sequence = labels['nodetide.io/sequence'];
          return labels['skip'] === undefined && (sequence === '5' || (sequence === undefined && fleet === 0));
        });
        const named = problems.flatMap(problem => problem.node ?? []);
        expect(named.toSorted()).toEqual(bad.map(node => node.name).toSorted());
      }),
    ));

  it('keeps the order of the waves of the file, and control planes last in each', () =>
    fc.assert(
      fc.asyncProperty(which, anyNodes, anyNarrow, async (fleet, nodes, narrow) => {
        const { plan } = await build(fleet, nodes, narrow);
        for (const cluster of plan ? planClusters(plan) : []) {
          const order = ['1+3', '2', '4', 'no-sequence'];
          const places = cluster.waves.map(wave => order.indexOf(wave.name));
          expect(places).toEqual(places.toSorted((a, b) => a - b));
          expect(cluster.waves.map(wave => wave.index)).toEqual(cluster.waves.map((_, index) => index));
          for (const wave of cluster.waves) {
            const ranks = wave.nodes.map(node => Number(node.controlPlane));
            expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
            expect(wave.nodes.length).toBeGreaterThan(0);
            expect(wave.concurrency).toBeGreaterThanOrEqual(1);
            expect(wave.nodes.every(node => node.sequence === null || wave.sequences.includes(node.sequence))).toBe(
              true,
            );
          }
        }
      }),
    ));

  it('does not depend on the order in which hosts come', () =>
    fc.assert(
      fc.asyncProperty(
        which,
        anyNodes.chain(nodes => fc.tuple(fc.constant(nodes), fc.shuffledSubarray(nodes, { minLength: nodes.length }))),
        anyNarrow,
        async (fleet, [nodes, shuffled], narrow) => {
          expect(await build(fleet, shuffled, narrow)).toEqual(await build(fleet, nodes, narrow));
        },
      ),
    ));

  it('narrowed is a part of the whole, in the same order', () =>
    fc.assert(
      fc.asyncProperty(anyNodes, anyNarrow, async (nodes, narrow) => {
        const whole = (await build(1, nodes)).plan;
        const part = (await build(1, nodes, narrow)).plan;
        if (!whole || !part) return;
        const kept = new Set(planNodes(part).map(node => node.name));
        expect(planNodes(whole).filter(node => kept.has(node.name))).toEqual(planNodes(part));
        if (narrow.limit !== null) expect(kept.size).toBeLessThanOrEqual(narrow.limit);
      }),
    ));
});
