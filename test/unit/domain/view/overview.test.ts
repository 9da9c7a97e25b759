import { describe, expect, it } from 'vitest';
import type { RolloutEvent } from '../../../../shared/domain/events.ts';
import { foldStatus } from '../../../../shared/domain/fold.ts';
import type { ClusterSurvey } from '../../../../shared/domain/survey/survey.ts';
import { nodePast } from '../../../../shared/domain/view/history.ts';
import type { ScheduleOverview } from '../../../../shared/domain/view/overview.ts';
import { type OverviewInput, overviewOf, plannedClusters } from '../../../../shared/domain/view/overview-of.ts';
import { pictureClusters } from '../../../../shared/domain/view/picture-of.ts';
import type { RolloutSummary } from '../../../../shared/domain/view/summary.ts';
import { WrittenJournal } from '../../../helpers/journal.ts';
import { tinyPlan } from '../../../helpers/plan.ts';

const plan = tinyPlan({ stages: { dev: { a: [{ nodes: ['cp1'] }, { nodes: ['n1', 'n2'] }] } }, kubernetes: true });
const summary: RolloutSummary = {
  id: 'r-1',
  fleet: 'tiny',
  createdAtMs: 1,
  endedAtMs: null,
  by: 'me',
  state: 'running',
  clusters: ['a'],
  nodes: { total: 3, done: 0, failed: 0 },
};
const survey: ClusterSurvey = {
  fleet: 'tiny',
  fleetFile: '/f.yaml',
  cluster: 'b',
  stage: 'prod',
  atMs: 5,
  nodes: [0, 0, 2].map((wave, index) => ({
    cluster: 'b',
    node: `m${index}`,
    wave,
    atMs: 5,
    failure: '',
    updates: index,
    rebootDue: index === 1,
    rebootReason: '',
    runningKernel: '6.1',
    newestKernel: '6.1',
    bootedAtMs: 3,
    patchedAtMs: null,
  })),
};
const schedule = (name: string, clusters: readonly string[], nextMs: number | null): ScheduleOverview => ({
  name,
  cron: '0 2 * * *',
  zone: 'UTC',
  mode: 'roll',
  fleetFile: '/f.yaml',
  origin: 'file',
  by: 'me',
  clusters,
  nextMs,
  starts: [],
});

function overview(events: readonly RolloutEvent[], more: Partial<OverviewInput> = {}) {
  return overviewOf({
    atMs: 9,
    rollouts: [summary],
    active: [{ plan, status: foldStatus(plan, 'r-1', events) }],
    planned: plannedClusters(plan),
    surveys: [],
    schedules: [],
    engines: [],
    windowOf: () => null,
    lastDoneAtMs: () => null,
    ...more,
  });
}

describe('an overview', () => {
  it('shows a cluster as its plan has it, with who is away now', () => {
    const { clusters, rollouts } = overview(
      new WrittenJournal().begun().whole('cp1', 's1').claim('n1', 's2', { wave: 1 }).begin('n1', 'drain').events,
    );
    expect(clusters).toMatchObject([
      {
        fleet: 'tiny',
        name: 'a',
        stage: 'dev',
        planned: true,
        kubernetes: true,
        nodes: 3,
        maxUnavailable: 100,
        waves: [
          { name: '1', sequences: [1], nodes: 1 },
          { name: '2', sequences: [2], nodes: 2 },
        ],
        away: [{ node: 'n1', rollout: 'r-1', step: 'drain' }],
        rollout: 'r-1',
        due: null,
      },
    ]);
    expect(rollouts[0]?.nodes).toEqual({ total: 3, done: 1, failed: 0 });
  });

  it('shows clusters that were only surveyed too, and what is due', () => {
    const { clusters } = overview([], { surveys: [survey] });
    expect(clusters.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(clusters[1]).toMatchObject({
      stage: 'prod',
      planned: false,
      nodes: 3,
      rollout: null,
      waves: [
        { name: '1', nodes: 2 },
        { name: '3', nodes: 1 },
      ],
      due: { asked: 3, updates: 2, reboots: 1, oldestBootAtMs: 3 },
    });
  });

  it('tells the next start that means a cluster', () => {
    const schedules = [
      schedule('late', ['a'], 90),
      schedule('soon', ['a', 'b'], 50),
      schedule('never', ['a'], null),
      schedule('other', ['b'], 10),
    ];
    expect(overview([], { schedules }).clusters[0]?.nextStart).toEqual({ schedule: 'soon', atMs: 50 });
    expect(overview([]).clusters[0]?.nextStart).toBeNull();
  });

  it('gathers what waits of all rollouts under way', () => {
    const journal = new WrittenJournal().begun().claim('cp1', 's1').begin('cp1', 'drain').fail('cp1', 'drain');
    expect(overview(journal.events).waiting).toMatchObject([{ kind: 'failed', node: 'cp1' }]);
  });
});

describe('what a picture adds for a cluster', () => {
  it('is what steps took, by the median of the nodes they took any time', () => {
    const times = [10, 20, 90].map((ms, index) => ({
      id: `t${index}`,
      atMs: 0,
      steps: { drain: ms, ...(index === 0 && { reboot: 7 }) },
    }));
    const [first] = pictureClusters(plan, { a: { worker: times.slice(0, 2), 'control-plane': times.slice(2) } });
    expect(first).toEqual({ name: 'a', maxUnavailable: 100, zone: null, usualMs: { drain: 20, reboot: 7 } });
  });
});

describe('what a rollout did to a node', () => {
  const of = { cluster: 'a', node: 'n1' };
  const eventsOf = ({ events }: WrittenJournal) => events.filter(event => 'node' in event);

  it('is told with packages and reboot', () => {
    const journal = new WrittenJournal()
      .begun()
      .claim('n1', 's1')
      .begin('n1', 'upgrade')
      .add(
        { type: 'step-done', ...of, step: 'upgrade', round: 1, proof: { changes: [{}, {}] }, note: '' },
        { type: 'step-done', ...of, step: 'reboot', round: 1, proof: { rebooted: true }, note: '' },
      )
      .done('n1');
    expect(nodePast(summary, of, eventsOf(journal))).toEqual({
      rollout: 'r-1',
      fleet: 'tiny',
      state: 'running',
      outcome: 'done',
      reason: '',
      rounds: 1,
      claimedAtMs: 6_000,
      endedAtMs: 10_000,
      packages: 2,
      rebooted: true,
    });
  });

  it('is nothing where it was never taken', () => {
    expect(nodePast(summary, of, [])).toMatchObject({
      outcome: 'pending',
      rounds: 0,
      claimedAtMs: null,
      packages: null,
    });
  });
});
