import { describe, expect, it } from 'vitest';
import { GateKeeper } from '../../../services/common/gate-keeper.ts';
import { type PlanCluster, type PlanNode, planClusters } from '../../../shared/domain/plan.ts';
import type { GateQuestion, GateSources } from '../../../shared/gates/gate.ts';
import { GATE_KINDS, gateOf } from '../../../shared/gates/registry.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';
import { GATE_CASES } from '../../helpers/gate-cases/all.ts';
import { clusterWith, type GateCase } from '../../helpers/gate-cases/case.ts';
import { tinyPlan } from '../../helpers/plan.ts';

const plan = tinyPlan({ stages: { dev: { a: [{ nodes: ['n1'] }] } }, kubernetes: true });
const [cluster] = planClusters(plan) as [PlanCluster];
const [node] = cluster.waves.flatMap(({ nodes }) => nodes) as [PlanNode];

const unasked = (): never => {
  throw new Error('not asked in this case');
};

function sourcesOf({ api, http = unasked, run = unasked, moment = 'claim' }: GateCase): GateSources {
  return {
    cluster,
    api: api === undefined ? clusterWith(() => undefined) : api,
    probes: { http: async probe => http(probe) },
    control: { run: async command => run(command) },
    moment,
    rollout: 'r1',
    signal: new AbortController().signal,
  };
}

function questionOf({ nodes = [], moment = 'claim', settings }: GateCase): GateQuestion {
  const views = new Map(nodes.map(each => [each.name, each]));
  const isOfNode = gateOf(settings).scope(settings) !== 'cluster';
  return {
    moment,
    nowMs: 1_000,
    rollout: 'r1',
    cluster,
    nodes: views,
    node: isOfNode || moment !== 'claim' ? node : null,
  };
}

const facts = (given: GateCase) => {
  const gate = gateOf(given.settings);
  return gate.gather(given.settings, sourcesOf(given), gate.scope(given.settings) === 'each' ? node : null);
};

const isClosed = ({ says }: GateCase) => says !== 'open' && 'opens' in says;
const throwsIn = ({ says }: GateCase) => says !== 'open' && 'throws' in says;

describe.each(GATE_KINDS)('a gate of kind %s', kind => {
  const cases: readonly GateCase[] = GATE_CASES[kind];

  it('has cases that are open, closed, and not to be asked', () => {
    expect(cases.filter(({ says }) => says === 'open')).not.toEqual([]);
    expect(cases.filter(isClosed)).not.toEqual([]);
    expect(cases.filter(throwsIn)).not.toEqual([]);
    expect(new Set(cases.map(({ settings }) => settings.kind))).toEqual(new Set([kind]));
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
  });

  it.each(cases.map(each => [each.name, each] as const))('%s', async (_, given) => {
    const { says, settings } = given;
    if (says !== 'open' && 'throws' in says) return expect(facts(given)).rejects.toThrow(says.throws);
    const found = await facts(given);
    const before = structuredClone(found);
    const verdict = gateOf(settings).judge(settings, found, questionOf(given));
    expect(verdict).toMatchObject(says === 'open' ? { open: true } : { open: false, ...says });
    expect(gateOf(settings).judge(settings, found, questionOf(given)), 'asked again').toEqual(verdict);
    expect(found, 'the facts are left as they were').toEqual(before);
    expect(JSON.parse(JSON.stringify(settings)), 'settings travel as JSON').toEqual(settings);
  });

  it('says why in single lines, and what would open it', async () => {
    for (const given of cases.filter(isClosed)) {
      const verdict = gateOf(given.settings).judge(given.settings, await facts(given), questionOf(given));
      if (verdict.open) throw new Error(`${given.name}: open`);
      expect(verdict.reasons, given.name).not.toEqual([]);
      for (const reason of verdict.reasons) expect(reason, given.name).toMatch(/^[^\p{Cc}]{3,400}$/u);
      expect(verdict.opens, given.name).toMatch(/^\S[^\p{Cc}]*[^.]$/u);
    }
  });

  it('that cannot be asked is closed for every candidate, under its name', async () => {
    for (const given of cases.filter(throwsIn)) {
      const { probes, control, api } = sourcesOf(given);
      const connectCluster = () => api ?? unasked();
      const keeper = new GateKeeper({ connectCluster, control, probes, clock: new FakeClock() });
      const policy = { ...cluster.policy, gates: [given.settings] };
      const ask = {
        moment: 'claim',
        rollout: 'r1',
        cluster: { ...cluster, policy },
        nodes: new Map(),
        candidates: [node],
      } as const;
      const { shut, nodes } = await keeper.ask(ask, new AbortController().signal);
      const reasons = [...shut, ...(nodes.get('n1') ?? [])];
      expect(reasons, given.name).toEqual([
        expect.stringMatching(/^mine: cannot be asked: .*; opens when it answers$/),
      ]);
    }
  });
});
