import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { comparePlans } from '../../../shared/domain/draft/compare.ts';
import { type Plan, type PlanCluster, type PlanNode, type PlanWave, planNodes } from '../../../shared/domain/plan.ts';
import { type TinyPlan, tinyPlan } from '../../helpers/plan.ts';

const WAVES = [{ nodes: ['a', 'b'] }, { nodes: ['c', 'd'] }];
const PLAN = planOf({ stages: { test: { dev: WAVES }, prod: { eu: [{ nodes: ['x', 'y'] }] } }, kubernetes: true });

function planOf(tiny: TinyPlan): Plan {
  return tinyPlan(tiny);
}

/** The plan with another cluster `dev`. */
function withDev(change: (cluster: PlanCluster) => PlanCluster): Plan {
  const stages = PLAN.stages.map(stage => ({
    ...stage,
    clusters: stage.clusters.map(cluster => (cluster.name === 'dev' ? change(cluster) : cluster)),
  }));
  return { ...PLAN, stages };
}

function withWaves(change: (wave: PlanWave) => PlanWave | null): Plan {
  return withDev(cluster => ({ ...cluster, waves: cluster.waves.flatMap(wave => change(wave) ?? []) }));
}

function withNodes(change: (node: PlanNode) => PlanNode | null): Plan {
  return withWaves(wave => ({ ...wave, nodes: wave.nodes.flatMap(node => change(node) ?? []) }));
}

const policy = PLAN.policies['p'] as Plan['policies'][string];
const cluster = (more: object) => withDev(each => ({ ...each, policy: { ...each.policy, ...more } }));
const hook = { name: 'tell', run: 'true' };
const window = { rules: [], freezes: [], nodeTakesMs: 0 };

describe('two plans', () => {
  it('that are the same differ in nothing, whenever they were made', () => {
    expect(comparePlans(PLAN, { ...structuredClone(PLAN), createdAtMs: 99 })).toEqual([]);
  });

  it.each<[string, Plan, readonly string[]]>([
    ['the budget', { ...PLAN, failureBudget: 2 }, ['the rollout: failureBudget 0 → 2']],
    ['a cluster that is gone', { ...PLAN, stages: PLAN.stages.slice(0, 1) }, ['eu: not in this plan']],
    ['stages in another order', { ...PLAN, stages: PLAN.stages.toReversed() }, ['stages: test, prod → prod, test']],
    [
      'a stage with an approval',
      { ...PLAN, stages: PLAN.stages.map(stage => ({ ...stage, soakMs: 5_400_000 })) },
      ['stage test: soak none → 1h30m', 'stage prod: soak none → 1h30m'],
    ],
    ['most away', cluster({ maxUnavailable: { kind: 'percent', value: 10 } }), ['dev: maxUnavailable 100 → 10%']],
    ['windows', cluster({ window: { ...window, rules: [{ kind: 'cron' }] } }), ['dev: window.rules differs']],
    ['what a node needs', cluster({ window: { ...window, nodeTakesMs: 600_000 } }), ['dev: window.nodeTakes 0s → 10m']],
    ['a gate that came', cluster({ gates: [{ name: 'ceph' }] }), ['dev: gates: ceph is new']],
    ['concurrency', withWaves(wave => ({ ...wave, concurrency: wave.index + 1 })), ['dev wave 2: concurrency 1 → 2']],
    [
      'a wave that is gone',
      withWaves(wave => (wave.index === 0 ? null : wave)),
      ['dev: wave 1 is gone', 'dev: not any more in wave 1: a, b'],
    ],
    [
      'a canary',
      withWaves(wave => ({ ...wave, canary: { expiresMs: null, autoMs: 60_000 } })),
      ['dev wave 1: canary differs', 'dev wave 2: canary differs'],
    ],
    ['a node that is gone', withNodes(node => (node.name === 'b' ? null : node)), ['dev: not any more in wave 1: b']],
    [
      'a node that is left out',
      withDev(each => ({
        ...each,
        leftOut: [{ node: 'a', reason: 'cordoned' }],
        waves: each.waves.map(wave => ({ ...wave, nodes: wave.nodes.filter(({ name }) => name !== 'a') })),
      })),
      ['dev: not any more in wave 1 (cordoned): a'],
    ],
    [
      'a Node made anew',
      withNodes(node => ({ ...node, ...(node.name === 'c' && { kubernetes: { uid: 'other' } }) })),
      ['dev: the Node was made anew: c'],
    ],
    [
      'an address',
      withNodes(node => ({ ...node, host: { ...node.host, address: '10.0.0.1' } })),
      ['dev: address 127.0.0.1 → 10.0.0.1: all 4 nodes'],
    ],
    [
      'how nodes are treated',
      { ...PLAN, policies: { p: { ...policy, drain: { ...policy.drain, when: 'if-work' } } } },
      ['dev: drain.when always → if-work: all 4 nodes', 'eu: drain.when always → if-work: all 2 nodes'],
    ],
    [
      'a hook that is gone, seen from the other side',
      { ...PLAN, policies: { p: { ...policy, hooks: [hook] as unknown as typeof policy.hooks } } },
      ['dev: hooks: tell is new: all 4 nodes', 'eu: hooks: tell is new: all 2 nodes'],
    ],
  ])('%s', (_name, after, lines) => {
    expect(comparePlans(PLAN, after)).toEqual(lines);
  });

  it('whose nodes moved, came and went name each of them once', () => {
    const place = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.nat(2), { minKeys: 1 });
    const waves = (places: Record<string, number>) =>
      [0, 1, 2].map(at => ({ nodes: Object.keys(places).filter(name => places[name] === at) }));
    fc.assert(
      fc.property(place, place, (before, after) => {
        const plans = [before, after].map(places => planOf({ stages: { s: { dev: waves(places) } } }));
        const [old, now] = plans as [Plan, Plan];
        const told = comparePlans(old, now);
        const moved = new Set([...planNodes(old), ...planNodes(now)].map(({ name }) => name));
        for (const name of moved) {
          const lines = told.filter(
            line => line.startsWith('dev: ') && line.split(': ').at(-1)?.split(', ').includes(name),
          );
          const all = told.some(line => /: all \d+ nodes$/.test(line));
          const changed = before[name] !== after[name];
          if (!changed) expect(lines).toEqual([]);
          else if (!all) expect(lines.length, name).toBeGreaterThan(0);
        }
        expect(told.length === 0).toBe(comparePlans(now, old).length === 0);
      }),
    );
  });
});
