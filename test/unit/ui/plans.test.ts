import { describe, expect, it } from 'vitest';
import { backTo } from '../../../services/ui/src/view/back.ts';
import {
  beginsWith,
  findingsOf,
  leftOutOf,
  planText,
  skippedSteps,
  waitsOf,
} from '../../../services/ui/src/view/plan.ts';
import { clustersOf, narrowText, requestOf, wavesOf } from '../../../services/ui/src/view/request.ts';
import { newSchedule, startText } from '../../../services/ui/src/view/schedule.ts';
import type { Planner } from '../../../shared/domain/draft/planner.ts';
import type { Plan, PlanCluster, PlanNode, PlanWave } from '../../../shared/domain/plan.ts';
import { NOT_NARROWED } from '../../../shared/domain/plan-build/narrow.ts';
import type { Finding } from '../../../shared/domain/preflight/finding.ts';
import type { StartOutcome } from '../../../shared/domain/schedule.ts';
import { rollout } from './overviews.ts';

const FIELDS = { clusters: [], waves: [], nodes: '', limit: '', selector: '', updates: false };

describe('a request', () => {
  it('takes names between blanks, commas and lines, and leaves nothing out that was said', () => {
    const fields = { ...FIELDS, clusters: ['dev'], nodes: ' a, dev/b\nc ,', limit: ' 5 ', selector: ' zone=a ' };
    expect(requestOf({ ...fields, updates: true })).toEqual({
      narrow: { clusters: ['dev'], waves: [], nodes: ['a', 'dev/b', 'c'], limit: 5, selector: 'zone=a' },
      updates: true,
    });
  });

  it('of nothing is the whole fleet', () => {
    expect(requestOf(FIELDS)).toEqual({ narrow: NOT_NARROWED, updates: false });
  });

  it.each([
    [{}, 'the whole fleet'],
    [{ clusters: ['dev'] }, 'cluster dev'],
    [{ clusters: ['a', 'b'], limit: 1 }, 'clusters a, b; the first 1 node'],
    [{ waves: ['1+4'], nodes: ['n1'], selector: 'zone=a' }, 'wave 1+4; node n1; nodes with zone=a'],
  ])('%j is told as %s', (narrow, text) => {
    expect(narrowText({ ...NOT_NARROWED, ...narrow })).toBe(text);
  });

  it('offers each cluster once, and the waves of those that are chosen', () => {
    const clusterOf = (name: string, ...waves: string[]) => ({
      name,
      stage: 's',
      waves: waves.map(wave => ({ name: wave, sequences: [] })),
    });
    const planner = { clusters: [clusterOf('a', '1', '2'), clusterOf('b', '2', '3')] } as unknown as Planner;
    const clusters = clustersOf([planner, planner]);
    expect(clusters.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(wavesOf(clusters, [])).toEqual(['1', '2', '3']);
    expect(wavesOf(clusters, ['b'])).toEqual(['2', '3']);
  });
});

const node = (name: string, of: Partial<PlanNode> = {}) => ({ name, steps: [], ...of }) as unknown as PlanNode;
const wave = (...nodes: PlanNode[]) => ({ nodes }) as unknown as PlanWave;
const clusterOf = (name: string, ...waves: PlanWave[]) => ({ name, waves }) as unknown as PlanCluster;
const plan = (...stages: PlanCluster[][]) =>
  ({ failureBudget: 0, stages: stages.map(clusters => ({ clusters })) }) as unknown as Plan;

describe('a plan', () => {
  const two = plan([clusterOf('a', wave(), wave(node('a1'), node('a2')))], [clusterOf('b', wave(node('b1')))]);
  it('is told in one line', () => {
    expect(planText(two)).toBe('3 nodes in 2 clusters, 2 stages; stops at the first failure');
    expect(planText({ ...two, failureBudget: 2 })).toContain('bears 2 failures');
  });

  it('begins with the first wave that has nodes, of the first stage that has', () => {
    expect(beginsWith(two)).toEqual([{ cluster: 'a', nodes: ['a1', 'a2'] }]);
    expect(beginsWith(plan([clusterOf('a', wave())], [clusterOf('b', wave(node('b1')))]))).toEqual([
      { cluster: 'b', nodes: ['b1'] },
    ]);
    expect(beginsWith(plan([clusterOf('a', wave())]))).toEqual([]);
  });

  it('tells the steps a node leaves out by reason', () => {
    const steps = [
      { step: 'drain', skip: 'no Kubernetes' },
      { step: 'upgrade' },
      { step: 'reboot', skip: 'never' },
      { step: 'uncordon', skip: 'no Kubernetes' },
    ] as const;
    expect(skippedSteps(node('n', { steps }))).toEqual([
      { reason: 'no Kubernetes', steps: 'drain, uncordon' },
      { reason: 'never', steps: 'reboot' },
    ]);
  });

  it('puts hosts that are left out for the same reason together', () => {
    const leftOut = [
      { node: 'x', reason: 'old' },
      { node: 'y', reason: 'gpu' },
      { node: 'z', reason: 'old' },
    ];
    expect(leftOutOf({ leftOut } as unknown as PlanCluster)).toEqual([
      { reason: 'old', nodes: ['x', 'z'] },
      { reason: 'gpu', nodes: ['y'] },
    ]);
  });

  it('tells what is waited for', () => {
    const approval = { expiresMs: null, autoMs: null };
    expect(waitsOf({})).toEqual([]);
    expect(waitsOf({ approval, canary: { ...approval, autoMs: 60_000 }, soakMs: 90_000 })).toEqual([
      'approval before it',
      'approval after its first node (by itself after 1m)',
      '1m30s of soak after it',
    ]);
  });

  it('has blockers first, else in order', () => {
    const finding = (level: Finding['level'], message: string) => ({ level, message }) as unknown as Finding;
    const waves = [
      { wave: 0, name: '1', findings: [finding('warn', 'w1')] },
      { wave: 1, name: '2', findings: [finding('block', 'b1'), finding('warn', 'w2')] },
    ];
    const found = findingsOf({ blockers: 1, warnings: 2, clusters: [{ cluster: 'a', waves }] });
    expect(found.map(each => `${each.wave} ${each.finding.message}`)).toEqual(['2 b1', '1 w1', '2 w2']);
  });
});

describe('a schedule', () => {
  it('holds only what was filled in', () => {
    const fields = { name: 'nightly', cron: '0 22 * * *', timeZone: 'UTC', onlyIf: '', catchUp: '' };
    expect(newSchedule(fields, { ...NOT_NARROWED, clusters: ['dev'], limit: 3 })).toEqual({
      name: 'nightly',
      cron: '0 22 * * *',
      timeZone: 'UTC',
      clusters: ['dev'],
      limit: 3,
    });
  });

  const start = { dueMs: 0, by: '', begunAtMs: 0, waitsFor: '', outcome: null };
  const started: StartOutcome = { kind: 'started', rollout: 'r-1', note: 'made' };
  it.each([
    ['under way', start, undefined, 'starting', ''],
    ['waiting', { ...start, waitsFor: 'r-0' }, undefined, 'waits', 'for r-0'],
    ['left out', { ...start, outcome: { kind: 'skipped' as const, note: 'held' } }, undefined, 'skipped', 'held'],
    ['of a rollout that is gone', { ...start, outcome: started }, undefined, 'started', 'made'],
    ['of a rollout', { ...start, outcome: started }, rollout(), 'done', '8 of 8 nodes done'],
    [
      'of one with failures',
      { ...start, outcome: started },
      rollout({ state: 'paused', nodes: { total: 8, done: 2, failed: 1 } }),
      'paused',
      '2 of 8 nodes done, 1 failed',
    ],
  ])('tells what came of a start %s', (_, record, of, word, text) => {
    expect(startText(record, of)).toMatchObject({ word, text });
  });
});

describe('after a log-in', () => {
  it.each([
    [undefined, '/'],
    ['/waiting', '/waiting'],
    ['/rollouts?state=done', '/rollouts?state=done'],
    ['/login?to=/waiting', '/'],
    ['https://evil.example', '/'],
    ['//evil.example', '/'],
    ['/\\evil.example', '/'],
    ['javascript:alert(1)', '/'],
  ])('%s leads to %s', (asked, to) => {
    expect(backTo(asked)).toBe(to);
  });
});
