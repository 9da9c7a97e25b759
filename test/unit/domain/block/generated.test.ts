import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyseBlock } from '../../../../shared/domain/block/analyse.ts';
import { MOST_UNHEALTHY } from '../../../../shared/domain/block/block.ts';
import type { EvictionSeen } from '../../../../shared/domain/block/cause.ts';
import { blockLines, blockReason } from '../../../../shared/domain/block/render.ts';
import { budgetsOf } from '../../../../shared/domain/budgets.ts';
import type { PdbView, PodView } from '../../../../shared/domain/facts.ts';
import { foldLines } from '../../../../shared/domain/fold-lines.ts';
import { NOW, OURS, taken } from '../../../helpers/block-cases.ts';
import { nodeView, pdbView, podView } from '../../../helpers/fake-cluster.ts';

const NODES = ['n1', 'n2', 'n3', 'n4'];
const TROUBLES = [
  '',
  'Unschedulable: 0/3 nodes are available: 1 Insufficient cpu, 2 node(s) were unschedulable.',
  'Unschedulable: ',
  'CrashLoopBackOff in app, 5 restarts',
  'ImagePullBackOff in app',
  ': , . preemption: $`\u0000\n',
];

const node = fc
  .constantFrom(...NODES)
  .chain(name =>
    fc.oneof(
      fc.constant(nodeView(name)),
      fc.constant(taken(name)),
      fc.constant(taken(name, { ready: false }, 'other')),
      fc.constant(nodeView(name, { ready: false, notReadyReason: 'KubeletNotReady' })),
      fc.constant(nodeView(name, { annotations: { 'nodetide.io/work': '{' }, unschedulable: true })),
    ),
  );
const labels = fc.dictionary(fc.constantFrom('app', 'tier', 'pod-template-hash'), fc.constantFrom('a', 'b', 'x-1', ''));
const controller = fc.option(
  fc.record({
    apiVersion: fc.constant('apps/v1'),
    kind: fc.constantFrom('ReplicaSet', 'StatefulSet', 'Job', 'Foo'),
    name: fc.constantFrom('a', 'web-a', 'web-x-1', '-a'),
  }),
);
const pod = (index: number): fc.Arbitrary<PodView> =>
  fc
    .record({
      namespace: fc.constantFrom('shop', 'shop', 'shop', 'bank'),
      nodeName: fc.constantFrom('', ...NODES),
      phase: fc.constantFrom('Running', 'Pending', 'Failed', 'Succeeded', 'Unknown'),
      ready: fc.boolean(),
      deletionMs: fc.option(fc.integer({ min: NOW - 900_000, max: NOW + 900_000 })),
      finalizers: fc.subarray(['example.com/a', 'example.com/b']),
      trouble: fc.constantFrom(...TROUBLES),
      labels,
      controller,
    })
    .map(more => podView(`p${index}`, more.nodeName, more));
const pods = fc
  .integer({ min: 1, max: 40 })
  .chain(count => fc.tuple(...Array.from({ length: count }, (_, i) => pod(i))));
const amount = fc.option(fc.constantFrom('0', '1', '2', '100%', '50%', '0%', 'nonsense'));
const pdb = (index: number): fc.Arbitrary<PdbView> =>
  fc
    .record({
      namespace: fc.constantFrom('shop', 'bank'),
      minAvailable: amount,
      maxUnavailable: amount,
      expectedPods: fc.integer({ min: 0, max: 5 }),
      currentHealthy: fc.integer({ min: 0, max: 5 }),
      desiredHealthy: fc.integer({ min: 0, max: 5 }),
      disruptionsAllowed: fc.integer({ min: 0, max: 1 }),
      observed: fc.boolean(),
      unhealthyPods: fc.constantFrom('AlwaysAllow', 'IfHealthyBudget'),
      selector: fc.constantFrom(null, [], [{ key: 'app', operator: 'in' as const, values: ['a', 'b'] }]),
    })
    .map(more => pdbView(`b${index}`, more));
const pdbs = fc.tuple(pdb(0), pdb(1), pdb(2));
const answer: fc.Arbitrary<EvictionSeen> = fc.record({
  kind: fc.constantFrom('refused', 'impossible', 'namespace-terminating', 'accepted'),
  message: fc.constantFrom('', 'This pod has more than one PodDisruptionBudget', 'admission webhook "x" denied', 'no'),
  budgets: fc.subarray(['b0', 'b1', 'b2', 'b9']),
});
const world = fc.record({
  pods,
  pdbs: fc.option(pdbs),
  nodes: fc.option(fc.uniqueArray(node, { selector: each => each.name })),
  knowsPods: fc.boolean(),
  answer,
});

describe('any block', () => {
  it('is analysed without an error, names only what exists and leaves no unhealthy pod out', () => {
    fc.assert(
      fc.property(world, given => {
        const [first] = given.pods;
        if (!first) return;
        const facts = { ...given, pods: given.knowsPods ? given.pods : null, ours: OURS, nowMs: NOW };
        const block = analyseBlock(first, given.answer, facts);
        expect(JSON.parse(JSON.stringify(block))).toEqual(block);

        const podNames = new Set(given.pods.map(each => `${each.namespace}/${each.name}`));
        const nodeNames = new Set([
          '',
          ...given.pods.map(each => each.nodeName),
          ...(given.nodes ?? []).map(n => n.name),
        ]);
        expect(block.unhealthy.every(each => podNames.has(each.pod) && nodeNames.has(each.node))).toBe(true);
        expect([...block.healthy, ...block.away].every(each => nodeNames.has(each.node))).toBe(true);
        const budgetNames = (given.pdbs ?? []).map(each => each.name);
        expect(block.budgets.every(each => budgetNames.includes(each.name))).toBe(true);

        // Every other pod of its budgets is told of: healthy by node, unhealthy by name or count.
        const asked = (given.pdbs ?? []).filter(each => block.budgets.some(budget => budget.name === each.name));
        const others = given.pods.filter(each => each !== first && budgetsOf(each, asked).length > 0);
        const told =
          block.healthy.reduce((sum, each) => sum + each.pods, 0) + block.unhealthy.length + block.moreUnhealthy;
        if (asked.length > 0 && given.knowsPods) expect(told).toBe(others.length);
        const unhealthy = others.filter(each => !each.ready || each.deletionMs !== null);
        if (asked.length > 0 && given.knowsPods && unhealthy.length <= MOST_UNHEALTHY) {
          expect(block.unhealthy.map(each => each.pod).toSorted()).toEqual(
            unhealthy.map(each => `${each.namespace}/${each.name}`).toSorted(),
          );
        }
        if (!given.knowsPods) expect(told).toBe(0);
      }),
      { numRuns: 400 },
    );
  });

  it('is told in lines that fit, whole commands apart, and a reason without line ends', () => {
    fc.assert(
      fc.property(world, fc.integer({ min: 30, max: 160 }), (given, columns) => {
        const [first] = given.pods;
        if (!first) return;
        const block = analyseBlock(first, given.answer, { ...given, ours: OURS, nowMs: NOW });
        const folded = foldLines(blockLines(block), columns);
        for (const each of folded) {
          if (each.trimStart().startsWith('$')) continue;
          expect(each.length <= columns || !each.trim().includes(' ')).toBe(true);
        }
        expect(folded.join(' ').replaceAll(/\s+/g, ' ')).toBe(blockLines(block).join(' ').replaceAll(/\s+/g, ' '));
        expect(blockReason(block, 0)).not.toMatch(/\d+ restarts|\d+ s\b/);
        for (const each of [...blockLines(block), blockReason(block, 0)]) expect(each).not.toMatch(/\p{Cc}/u);
      }),
      { numRuns: 300 },
    );
  });
});
