import fc from 'fast-check';
import type { Plan } from '../../../shared/domain/plan.ts';
import type { DomainBudget } from '../../../shared/domain/topology.ts';
import { tinyPlan } from '../plan.ts';

/** A small fleet: two waves of a cluster, sometimes another beside it, and a stage after them. */
export const anyFleet = fc.record({
  first: fc.subarray(['n1', 'n2', 'n3', 'cp1', 'cp2'], { minLength: 1 }),
  second: fc.subarray(['n4', 'cp3'], { minLength: 1 }),
  beside: fc.boolean(),
  concurrency: fc.constantFrom(1, 2, 3, 3),
  failureBudget: fc.constantFrom(0, 0, 1, 2, 2),
  clusterBudget: fc.constantFrom(null, null, null, 0, 1),
  waveBudget: fc.constantFrom(null, null, null, 0, 1),
  maxUnavailable: fc.constantFrom(1, 2, 3, 6, 6),
  perZone: fc.constantFrom(1, 2, 6, 6),
});

/** Its plan. */
export function planOf(fleet: typeof anyFleet extends fc.Arbitrary<infer T> ? T : never): Plan {
  const { first, second, beside, concurrency, failureBudget, clusterBudget, waveBudget, maxUnavailable, perZone } =
    fleet;
  const a = [{ nodes: first, concurrency }, { nodes: second }];
  const b = [{ nodes: ['n1', 'n2'], concurrency: 2 }];
  const stages = { dev: beside ? { a, b } : { a }, live: { c: [{ nodes: ['n1', 'n2'] }] } };
  const cluster = { maxUnavailable: { kind: 'number', value: maxUnavailable } as const };
  const plan = tinyPlan({ stages, failureBudget, cluster });
  const budgetOf = (budget: number | null) => (budget === null ? {} : { failureBudget: budget });
  return {
    ...plan,
    stages: plan.stages.map(stage => ({
      ...stage,
      clusters: stage.clusters.map(each => ({
        ...each,
        ...budgetOf(clusterBudget),
        perDomain: zones(perZone),
        waves: each.waves.map(wave => ({ ...wave, ...(wave.index === 0 ? budgetOf(waveBudget) : {}) })),
      })),
    })),
  };
}

/** Two zones; where cp2 and x1 are, is not known. */
function zones(max: number): DomainBudget[] {
  const one = { name: 'zone one', max, nodes: ['n1', 'n3', 'cp1', 'cp3'] };
  return [{ label: 'zone', domains: [one, { name: 'zone two', max, nodes: ['n2', 'n4'] }] }];
}
