import { expect, it } from 'vitest';
import type { EventBody } from '../../../shared/domain/events.ts';
import { foldStatus } from '../../../shared/domain/fold.ts';
import { countEvents, NOTHING_COUNTED } from '../../../shared/domain/metrics/count.ts';
import { countPlan } from '../../../shared/domain/metrics/count-plan.ts';
import type { MetricFacts } from '../../../shared/domain/metrics/facts.ts';
import { showMetrics, showSilence } from '../../../shared/domain/metrics/show.ts';
import { METRICS } from '../../../shared/domain/metrics/table.ts';
import { WrittenJournal } from '../../helpers/journal.ts';
import { NO_FACTS } from '../../helpers/metric-facts.ts';
import { tinyPlan } from '../../helpers/plan.ts';

const PLAN = tinyPlan({ stages: { dev: { a: [{ nodes: ['n1', 'n2', 'n3', 'n4'], concurrency: 2 }] } } });
const TO = { cluster: 'a', node: 'n3', round: 1 } as const;

/** A rollout on its way in which everything happens that is counted. */
function journal(): WrittenJournal {
  const told = new WrittenJournal().begun().claim('n1', 's1').through('n1', 'check-reboot').begin('n1', 'reboot');
  const proof = { rebooted: true, byOthers: false };
  const more: EventBody[] = [
    { type: 'step-done', cluster: 'a', node: 'n1', round: 1, step: 'reboot', proof, note: '' },
    { type: 'approval-wanted', place: { of: 'cluster', cluster: 'a' }, reason: 'it asks for one' },
    { type: 'mended', what: 'a job was missing' },
  ];
  told
    .add(...more)
    .through('n1', 'uncordon', 'verify')
    .done('n1')
    .release('n1', 's1');
  told.claim('n2', 's1').begin('n2', 'drain').fail('n2', 'drain').claim('n3', 's2').begin('n3', 'drain');
  const failure = { code: 'unexpected', message: 'broken', retryable: true } as const;
  return told.add(
    { type: 'attempt-failed', ...TO, step: 'drain', attempt: 1, failure, retryInMs: 10 },
    { type: 'step-started', ...TO, step: 'drain', attempt: 2, epoch: 9 },
    {
      type: 'step-waiting',
      ...TO,
      step: 'drain',
      held: false,
      reason: 'waiting for shop/web-1: budget web allows no disruption: 1 of 2 healthy',
    },
    { type: 'waiting', cluster: 'a', wave: 0, slot: 's3', reasons: ['outside the window; opens Mon'] },
  );
}

/** Everything there is to show. */
function full(): MetricFacts {
  const { events } = journal();
  const ended = new WrittenJournal().begun();
  for (const node of ['n1', 'n2', 'n3', 'n4']) ended.whole(node, 's1');
  ended.add({ type: 'rollout-ended', outcome: 'done' });
  const now = countEvents(countPlan(PLAN), NOTHING_COUNTED, events);
  const before = countEvents(countPlan(PLAN), NOTHING_COUNTED, ended.events);
  const counts = new Map<string, number>();
  for (const [field, by] of [...now.increments, ...before.increments]) counts.set(field, (counts.get(field) ?? 0) + by);
  const jobs = { waiting: 3, active: 1 };
  return {
    rolloutStates: ['running', 'done'],
    active: [{ plan: PLAN, status: foldStatus(PLAN, 'r1', events) }],
    waits: Object.values(now.state.waits).map(wait => ({ ...wait, untilMs: 100_000 })),
    uncounted: 1,
    counts,
    successes: new Map(Object.entries(before.successes)),
    holders: new Map([['a', 'r1']]),
    gateHolds: [{ cluster: 'a', gate: 'noout' }],
    engines: [
      { id: '1', role: 'scheduler', host: 'h', pid: 1, steps: [], seenAtMs: 0 },
      { id: '2', role: 'worker', host: 'h', pid: 2, steps: ['drain'], seenAtMs: 0 },
    ],
    queues: [{ queue: 'drain', jobs, oldestMs: 7_500 }],
    targets: [{ target: 'ops', ended: { sent: 4, 'given-up': 1, doubtful: 0 }, waiting: 2, oldestAtMs: 9_000 }],
    surveys: new Map([
      [
        'a',
        {
          atMs: 5_000,
          asked: 4,
          unreachable: 1,
          updates: 3,
          reboots: 2,
          oldestBootAtMs: 1_000,
          oldestPatchAtMs: 2_000,
          kernels: [],
        },
      ],
    ]),
  };
}

/** `name label=value …` → value. */
function values(facts: MetricFacts): ReadonlyMap<string, number> {
  const all = showMetrics(facts, '1.2.3').flatMap(({ name, values: shown }) =>
    shown.map(({ metricName = name, labels, value }) => {
      const parts = Object.entries(labels).map(([label, text]) => `${label}=${text}`);
      return [[metricName, ...parts].join(' '), value] as const;
    }),
  );
  return new Map(all);
}

const UNMOVED = ['nodetide_up', 'nodetide_build_info'];

it('moves every metric there is', () => {
  const [before, after] = [values(NO_FACTS), values(full())];
  const moved = [...after].filter(([key, value]) => value !== (before.get(key) ?? 0)).map(([key]) => key);
  const names = new Set(moved.map(key => key.split(' ')[0]?.replace(/_(bucket|sum|count)$/, '')));
  expect(Object.keys(METRICS).filter(name => !names.has(name) && !UNMOVED.includes(name))).toEqual([]);
});

it('shows what there is', () => {
  const shown = values(full());
  const expected: Readonly<Record<string, number>> = {
    'nodetide_build_info version=1.2.3': 1,
    'nodetide_nodes cluster=a state=pending': 1,
    'nodetide_nodes cluster=a state=aborted': 0,
    'nodetide_nodes_away cluster=a': 2,
    'nodetide_slots cluster=a wave=1': 2,
    'nodetide_slots_in_use cluster=a wave=1': 2,
    'nodetide_drains_blocked cluster=a': 1,
    'nodetide_approvals_wanted cluster=a': 1,
    'nodetide_reboots_total cluster=a': 1,
    'nodetide_nodes_settled_total cluster=a state=done': 5,
    'nodetide_attempt_failures_total cluster=a step=drain code=unexpected': 1,
    'nodetide_step_failures_total cluster=a step=drain code=unexpected': 1,
    'nodetide_waiting cluster=a reason=window gate=': 1,
    'nodetide_waiting cluster=a reason=failed-node gate=': 1,
    'nodetide_queue_oldest_job_age_seconds queue=drain': 7.5,
    'nodetide_notifications_total target=ops outcome=given-up': 1,
    'nodetide_notification_oldest_timestamp_seconds target=ops': 9,
    'nodetide_reboots_due_hosts cluster=a': 2,
    'nodetide_step_workers step=drain': 1,
    'nodetide_step_workers step=reboot': 0,
  };
  expect(Object.fromEntries(Object.keys(expected).map(key => [key, shown.get(key)]))).toEqual(expected);
});

it('shows histograms whose buckets rise, and end with all', () => {
  const shown = values(full());
  const of = (part: string) => shown.get(`nodetide_step_duration_seconds_${part}`);
  const buckets = [1, 5, 7_200, '+Inf'].map(le => of(`bucket cluster=a step=drain le=${le}`));
  expect(buckets).toEqual([5, 5, 5, 5]);
  expect([of('count cluster=a step=drain'), of('sum cluster=a step=drain')]).toEqual([5, 5]);
});

it('counts what a wait has taken so far, and lets it only rise', () => {
  const facts = full();
  const at = (untilMs: number) => {
    const waits = facts.waits.map(wait => ({ ...wait, untilMs }));
    return values({ ...facts, waits }).get('nodetide_waiting_seconds_total cluster=a reason=window gate=') ?? -1;
  };
  const sinceMs = facts.waits.flatMap(({ kinds }) => kinds).find(({ reason }) => reason === 'window')?.sinceMs ?? 0;
  expect([at(sinceMs - 500), at(sinceMs), at(sinceMs + 2_500)]).toEqual([0, 0, 2.5]);
});

it('puts what another version counted in other buckets where it belongs, and leaves out what it does not know', () => {
  const counts = new Map([
    [JSON.stringify(['nodetide_step_duration_seconds', ['a', 'drain'], '45']), 2],
    [JSON.stringify(['nodetide_step_duration_seconds', ['a', 'drain'], 'sum']), 80_000],
    [JSON.stringify(['nodetide_gone_total', ['a']]), 2],
  ]);
  const shown = values({ ...NO_FACTS, counts });
  const bucket = (le: string) => shown.get(`nodetide_step_duration_seconds_bucket cluster=a step=drain le=${le}`);
  expect([bucket('30'), bucket('60'), bucket('+Inf')]).toEqual([0, 2, 2]);
  expect([...shown.keys()].some(key => key.startsWith('nodetide_gone'))).toBe(false);
});

it('says nothing of the store when that does not answer', () => {
  expect(showSilence('1').map(({ name, values: shown }) => [name, shown[0]?.value])).toEqual([
    ['nodetide_up', 0],
    ['nodetide_build_info', 1],
  ]);
});
