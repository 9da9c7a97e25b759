import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EventBody } from '../../../shared/domain/events.ts';
import { foldStatus, startFold } from '../../../shared/domain/fold.ts';
import type { RolloutStatus } from '../../../shared/domain/status.ts';
import { BROKEN, WrittenJournal } from '../../helpers/journal.ts';
import { tinyPlan } from '../../helpers/plan.ts';

const plan = tinyPlan({
  stages: { dev: { a: [{ nodes: ['n1', 'n2'] }, { nodes: ['n3'] }] }, live: { b: [{ nodes: ['n1'] }] } },
});
const by = { by: 'ann', why: 'why not' };
const n1 = { cluster: 'a', node: 'n1' } as const;
const of1 = { ...n1, round: 1 } as const;
const slot = { cluster: 'a', wave: 0, slot: 's1' } as const;

const begun = () => new WrittenJournal().begun();
const claimed = () => begun().claim('n1', 's1');
const started = () => claimed().begin('n1', 'drain');
const failing = () => started().fail('n1', 'drain');
const blocked = () =>
  started().add({ type: 'step-waiting', ...of1, step: 'drain', reason: 'pods', held: false, account: ['a'] });
const status = (journal: WrittenJournal) => foldStatus(plan, 'r1', journal.events);
const node = (of: RolloutStatus) => of.nodes['a/n1'];
const drain = (of: RolloutStatus) => node(of)?.steps.drain;
const wave = (of: RolloutStatus) => of.clusters[0]?.waves[0];

/** Each type: what was before, the event, what to look at, and what it is then. The event's own time is `now`. */
const TABLE: [
  EventBody['type'],
  WrittenJournal,
  EventBody,
  (of: RolloutStatus) => unknown,
  (now: number) => unknown,
][] = [
  [
    'rollout-created',
    new WrittenJournal(),
    { type: 'rollout-created', by: 'ann', installation: 'i' },
    s => [s.state, s.createdAtMs],
    now => ['created', now],
  ],
  [
    'rollout-started',
    new WrittenJournal(),
    { type: 'rollout-started' },
    s => [s.state, s.startedAtMs],
    now => ['running', now],
  ],
  [
    'rollout-started',
    new WrittenJournal().add({ type: 'rollout-paused', ...by }),
    { type: 'rollout-started' },
    s => s.state,
    () => 'paused',
  ],
  ['rollout-paused', begun(), { type: 'rollout-paused', ...by }, s => s.state, () => 'paused'],
  [
    'rollout-resumed',
    begun().add({ type: 'rollout-paused', ...by }),
    { type: 'rollout-resumed', ...by },
    s => s.state,
    () => 'running',
  ],
  [
    'rollout-aborting',
    begun(),
    { type: 'rollout-aborting', ...by },
    s => [s.state, s.outcome],
    () => ['aborting', null],
  ],
  [
    'rollout-ended',
    begun(),
    { type: 'rollout-ended', outcome: 'aborted' },
    s => [s.state, s.outcome, s.endedAtMs],
    now => ['aborted', 'aborted', now],
  ],
  [
    'stage-started',
    begun(),
    { type: 'stage-started', stage: 'live' },
    s => s.clusters.map(each => each.state),
    () => ['running', 'pending'],
  ],
  [
    'stage-done',
    begun(),
    { type: 'stage-done', stage: 'dev' },
    s => s.clusters.map(each => each.state),
    () => ['running', 'pending'],
  ],
  [
    'cluster-started',
    begun(),
    { type: 'cluster-started', cluster: 'b' },
    s => [s.clusters[1]?.state, s.clusters[1]?.startedAtMs],
    now => ['running', now],
  ],
  [
    'cluster-done',
    begun(),
    { type: 'cluster-done', cluster: 'a' },
    s => [s.clusters[0]?.state, s.clusters[0]?.endedAtMs],
    now => ['done', now],
  ],
  [
    'wave-started',
    begun(),
    { type: 'wave-started', cluster: 'a', wave: 1 },
    s => [s.clusters[0]?.waves[1]?.state, s.clusters[0]?.waves[1]?.startedAtMs],
    now => ['running', now],
  ],
  [
    'wave-done',
    begun().add({ type: 'waiting', ...slot, reasons: ['x'] }),
    { type: 'wave-done', cluster: 'a', wave: 0 },
    s => [wave(s)?.state, wave(s)?.endedAtMs, wave(s)?.waiting],
    now => ['done', now, []],
  ],
  [
    'concurrency-changed',
    begun(),
    { type: 'concurrency-changed', cluster: 'a', wave: 0, concurrency: 7, ...by },
    s => s.clusters[0]?.waves.map(each => each.concurrency),
    () => [7, 1],
  ],
  [
    'waiting',
    begun(),
    { type: 'waiting', ...slot, reasons: ['x'] },
    s => wave(s)?.waiting,
    now => [{ slot: 's1', sinceMs: now, reasons: ['x'] }],
  ],
  [
    'waiting',
    begun().add({ type: 'waiting', ...slot, reasons: ['x'] }),
    { type: 'waiting', ...slot, reasons: ['y'] },
    s => wave(s)?.waiting,
    now => [{ slot: 's1', sinceMs: now - 1000, reasons: ['y'] }],
  ],
  [
    'waiting',
    begun(),
    { type: 'waiting', ...slot, wave: -1, reasons: ['held'] },
    s => s.clusters[0]?.waiting.map(each => each.reasons),
    () => [['held']],
  ],
  [
    'waiting-over',
    begun().add({ type: 'waiting', ...slot, reasons: ['x'] }),
    { type: 'waiting-over', ...slot },
    s => wave(s)?.waiting,
    () => [],
  ],
  [
    'node-claimed',
    begun().add({ type: 'waiting', ...slot, reasons: ['x'] }),
    { type: 'node-claimed', ...n1, ...slot, round: 1, adopted: false },
    s => [node(s)?.state, node(s)?.slot, node(s)?.round, node(s)?.claimedAtMs, wave(s)?.waiting],
    now => ['claimed', 's1', 1, now, []],
  ],
  [
    'node-claimed',
    failing(),
    { type: 'node-claimed', ...n1, ...slot, round: 2, adopted: true },
    s => [node(s)?.round, node(s)?.reason, drain(s)?.state, drain(s)?.failure],
    () => [2, 'adopted: our mark was on it', 'waiting', null],
  ],
  [
    'step-started',
    claimed(),
    { type: 'step-started', ...of1, step: 'drain', attempt: 1, epoch: 1 },
    s => [node(s)?.step, drain(s)?.state, drain(s)?.startedAtMs],
    now => ['drain', 'running', now],
  ],
  [
    'step-started',
    failing(),
    { type: 'step-started', ...of1, step: 'drain', attempt: 2, epoch: 2 },
    s => [node(s)?.state, node(s)?.reason, drain(s)?.failure, drain(s)?.attempt, drain(s)?.startedAtMs],
    now => ['claimed', '', null, 2, now - 2000],
  ],
  [
    'step-waiting',
    started(),
    { type: 'step-waiting', ...of1, step: 'drain', reason: 'pods', held: false },
    s => [node(s)?.reason, drain(s)?.note, drain(s)?.state, drain(s)?.account],
    () => ['pods', 'pods', 'running', []],
  ],
  [
    'step-waiting',
    started(),
    { type: 'step-waiting', ...of1, step: 'drain', reason: 'pods', held: false, account: ['a', '  b'] },
    s => [drain(s)?.account],
    () => [['a', '  b']],
  ],
  [
    'step-waiting',
    blocked(),
    { type: 'step-waiting', ...of1, step: 'drain', reason: 'volumes', held: false },
    s => [drain(s)?.account],
    () => [[]],
  ],
  [
    'step-done',
    blocked(),
    { type: 'step-done', ...of1, step: 'drain', proof: {}, note: '' },
    s => [drain(s)?.account],
    () => [[]],
  ],
  [
    'step-failed',
    blocked(),
    { type: 'step-failed', ...of1, step: 'drain', attempt: 1, failure: { ...BROKEN, account: ['why'] } },
    s => [drain(s)?.account],
    () => [['why']],
  ],
  [
    'step-done',
    started(),
    { type: 'step-done', ...of1, step: 'drain', proof: { a: 1 }, note: 'ok' },
    s => [drain(s)?.state, drain(s)?.proof, drain(s)?.note, drain(s)?.endedAtMs],
    now => ['done', { a: 1 }, 'ok', now],
  ],
  [
    'step-skipped',
    started(),
    { type: 'step-skipped', ...of1, step: 'drain', reason: 'asked' },
    s => [drain(s)?.state, drain(s)?.note, drain(s)?.endedAtMs],
    now => ['skipped', 'asked', now],
  ],
  [
    'attempt-failed',
    started(),
    { type: 'attempt-failed', ...of1, step: 'drain', attempt: 1, failure: BROKEN, retryInMs: 50 },
    s => [node(s)?.state, drain(s)?.state, drain(s)?.failure, drain(s)?.retryAtMs],
    now => ['claimed', 'running', BROKEN, now + 50],
  ],
  [
    'step-failed',
    started(),
    { type: 'step-failed', ...of1, step: 'drain', attempt: 3, failure: BROKEN },
    s => [s.state, node(s)?.state, node(s)?.reason, drain(s)?.attempt, drain(s)?.endedAtMs],
    now => ['waiting-on-person', 'failed', 'broken', 3, now],
  ],
  ['node-retried', failing(), { type: 'node-retried', ...n1, ...by }, s => node(s)?.state, () => 'failed'],
  [
    'node-skip-asked',
    started(),
    { type: 'node-skip-asked', ...n1, ...by },
    s => [node(s)?.state, node(s)?.reason],
    () => ['claimed', 'skip asked by ann'],
  ],
  [
    'node-done',
    started(),
    { type: 'node-done', ...of1 },
    s => [node(s)?.state, node(s)?.endedAtMs, node(s)?.slot, s.counts.done],
    now => ['done', now, 's1', 1],
  ],
  [
    'node-skipped',
    failing(),
    { type: 'node-skipped', ...n1, reason: 'why' },
    s => [node(s)?.state, node(s)?.reason, s.state],
    () => ['skipped', 'why', 'running'],
  ],
  [
    'node-excluded',
    begun(),
    { type: 'node-excluded', ...n1, reason: 'gone' },
    s => [node(s)?.state, node(s)?.reason],
    () => ['excluded', 'gone'],
  ],
  [
    'node-aborted',
    begun(),
    { type: 'node-aborted', ...n1, reason: 'why' },
    s => [node(s)?.state, s.counts.aborted],
    () => ['aborted', 1],
  ],
  [
    'node-held',
    begun(),
    { type: 'node-held', ...n1, reason: 'changed' },
    s => [node(s)?.state, node(s)?.reason],
    () => ['pending', 'changed'],
  ],
  [
    'slot-released',
    claimed().done('n1'),
    { type: 'slot-released', ...n1, ...slot },
    s => [node(s)?.slot, node(s)?.state],
    () => [null, 'done'],
  ],
  [
    'mended',
    begun(),
    { type: 'mended', what: 'x', ...n1 },
    s => [s.state, node(s)?.state],
    () => ['running', 'pending'],
  ],
];

describe('the status after', () => {
  it.each(TABLE)('%s', (_type, before, event, look, wanted) => {
    const after = status(before.add(event));
    const last = before.events.at(-1);
    expect(look(after)).toEqual(wanted(last?.atMs ?? 0));
    expect(after.lastEventId).toBe(last?.id);
  });

  it('nothing at all: as the plan has it', () => {
    const empty = foldStatus(plan, 'r1', []);
    expect(empty).toMatchObject({ id: 'r1', fleet: 'tiny', state: 'created', lastEventId: '' });
    expect(empty.counts.pending).toBe(4);
    expect(Object.keys(empty.nodes)).toEqual(['a/n1', 'a/n2', 'a/n3', 'b/n1']);
  });

  it('a failure with another node still on its way: it runs; with that one held by the budget: a person is awaited', () => {
    const journal = begun()
      .claim('n2', 's2')
      .begin('n2', 'drain')
      .claim('n1', 's1')
      .begin('n1', 'drain')
      .fail('n1', 'drain');
    expect(status(journal).state).toBe('running');
    const reason = 'failure budget spent: held before upgrade';
    journal.add({ type: 'step-waiting', cluster: 'a', node: 'n2', round: 1, step: 'upgrade', reason, held: true });
    expect(status(journal).state).toBe('waiting-on-person');
  });

  it('events about nodes, clusters and waves the plan does not have: nothing changes but the last id', () => {
    const journal = begun();
    const before = status(journal);
    journal.claim('x9', 's9', { wave: 9 }).begin('x9', 'drain').fail('x9', 'drain');
    journal.add(
      { type: 'wave-started', cluster: 'zz', wave: 0 },
      { type: 'waiting', ...slot, cluster: 'zz', reasons: [] },
    );
    journal.add({ type: 'concurrency-changed', cluster: 'a', wave: 9, concurrency: 5, ...by });
    expect({ ...status(journal), lastEventId: '' }).toEqual({ ...before, lastEventId: '' });
  });
});

const anyEvents = fc.array(fc.constantFrom(...TABLE.map(row => row[2])), { maxLength: 40 }).map(bodies => {
  const journal = new WrittenJournal();
  return journal.add(...bodies).events;
});

describe('any journal, in any order', () => {
  it('folds the same at once, one by one, and read in two parts; what was told before does not change', () => {
    fc.assert(
      fc.property(anyEvents, fc.nat({ max: 40 }), (events, cut) => {
        const fold = startFold(plan, 'r1');
        const told: { status: RolloutStatus; text: string }[] = [];
        for (const [at, event] of events.entries()) {
          if (at === cut) fold.status();
          fold.apply(event);
          const now = fold.status();
          expect(now).toEqual(foldStatus(plan, 'r1', events.slice(0, at + 1)));
          told.push({ status: now, text: JSON.stringify(now) });
        }
        expect(fold.status()).toEqual(foldStatus(plan, 'r1', events));
        for (const { status: then, text } of told) expect(JSON.stringify(then)).toBe(text);
      }),
      { numRuns: 100 },
    );
  });

  it('counts every node once, and leaves plan and events as they were', () => {
    fc.assert(
      fc.property(anyEvents, events => {
        const before = JSON.stringify([plan, events]);
        const { counts } = foldStatus(plan, 'r1', events);
        expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(4);
        expect(JSON.stringify([plan, events])).toBe(before);
      }),
    );
  });
});
