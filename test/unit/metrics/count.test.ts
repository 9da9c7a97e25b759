import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { RolloutEvent } from '../../../shared/domain/events.ts';
import { readTotalField } from '../../../shared/domain/metrics/amounts.ts';
import { type CountState, countEvents, NOTHING_COUNTED } from '../../../shared/domain/metrics/count.ts';
import { countPlan } from '../../../shared/domain/metrics/count-plan.ts';
import type { Plan } from '../../../shared/domain/plan.ts';
import { WrittenJournal } from '../../helpers/journal.ts';
import { tinyPlan } from '../../helpers/plan.ts';

const PLAN = tinyPlan({ stages: { dev: { a: [{ nodes: ['n1', 'n2', 'n3'], concurrency: 2 }] } } });

/** The totals after these pieces of a journal, one after another, by `name values part`. */
function totals(pieces: readonly (readonly RolloutEvent[])[], plan: Plan = PLAN) {
  const sums: Record<string, number> = {};
  let state: CountState = NOTHING_COUNTED;
  let successes: Readonly<Record<string, number>> = {};
  for (const piece of pieces) {
    // As the store keeps it.
    const counted = countEvents(countPlan(plan), JSON.parse(JSON.stringify(state)) as CountState, piece);
    for (const [field, by] of counted.increments) {
      const { name, values, part } = readTotalField(field);
      const key = [name.replace('nodetide_', ''), ...values, ...(part === undefined ? [] : [part])].join(' ');
      sums[key] = (sums[key] ?? 0) + by;
    }
    state = counted.state;
    successes = { ...successes, ...counted.successes };
  }
  return { sums, state, successes };
}

/** n1 fails in its upgrade and is retried; n2 is skipped; n3 is done. Events are a second apart. */
function eventful(): RolloutEvent[] {
  const journal = new WrittenJournal().begun();
  const waiting = (reasons: string[]) => ({ type: 'waiting', cluster: 'a', wave: 0, slot: 's2', reasons }) as const;
  journal.claim('n1', 's1').through('n1', 'drain').begin('n1', 'upgrade');
  journal.add(waiting(['maxUnavailable 1: away are n1']));
  journal.add(waiting(['outside the window; opens Mon 2026-11-23 01:00 UTC', 'maxUnavailable 1: away are n1']));
  journal.fail('n1', 'upgrade');
  journal.add({ type: 'node-retried', cluster: 'a', node: 'n1', by: 'eve', why: '' });
  journal.begin('n1', 'upgrade', 1, 2).succeed('n1', 'upgrade').through('n1', 'uncordon', 'check-reboot').done('n1');
  journal.release('n1', 's1').claim('n2', 's2').begin('n2', 'drain');
  journal.add({
    type: 'step-waiting',
    cluster: 'a',
    node: 'n2',
    round: 1,
    step: 'drain',
    held: false,
    reason: 'waiting for shop/web-1: budget web allows no disruption: 1 of 2 healthy',
  });
  journal.add({ type: 'node-skipped', cluster: 'a', node: 'n2', reason: 'skipped by eve' }).whole('n3', 's1');
  journal.add({ type: 'mended', what: 'a job was missing' });
  return journal.add({ type: 'rollout-ended', outcome: 'done' }).events;
}

it('counts what has happened', () => {
  const { sums, state, successes } = totals([eventful()]);
  expect(sums).toMatchObject({
    'nodes_settled_total a done': 2,
    'nodes_settled_total a skipped': 1,
    'step_failures_total a upgrade unexpected': 1,
    'step_duration_seconds a upgrade 1': 2,
    'step_duration_seconds a upgrade sum': 2_000,
    'step_duration_seconds a drain 1': 2,
    'node_duration_seconds a 30': 2,
    mended_total: 1,
    'rollouts_ended_total done': 1,
    'waiting_seconds_total a failed-node ': 1_000,
    'waiting_seconds_total a disruption-budget ': 1_000,
  });
  // From the first word of it until the slot took a node; the window only since it was told.
  const maxUnavailable = sums['waiting_seconds_total a max-unavailable '] ?? 0;
  expect(sums['waiting_seconds_total a window ']).toBe(maxUnavailable - 1_000);
  expect(maxUnavailable).toBeGreaterThan(10_000);
  // n2 was not done: the cluster is not upgraded as a whole.
  expect(successes).toEqual({});
  expect(state).toEqual({ begun: {}, waits: {}, notDone: [], ended: true });
});

it('counts the same however the journal is cut into pieces', () => {
  const events = eventful();
  const whole = totals([events]);
  const cuts = fc.uniqueArray(fc.integer({ min: 0, max: events.length }), { maxLength: 8 });
  fc.assert(
    fc.property(cuts, places => {
      const at = [0, ...places.toSorted((a, b) => a - b), events.length];
      const pieces = at.slice(1).map((to, index) => events.slice(at[index], to));
      expect(totals(pieces)).toEqual(whole);
    }),
  );
});

it('knows when a cluster was upgraded as a whole', () => {
  const journal = new WrittenJournal().begun();
  for (const node of ['n1', 'n2', 'n3']) journal.whole(node, 's1');
  const { events } = journal.add({ type: 'rollout-ended', outcome: 'done' });
  expect(totals([events]).successes).toEqual({ a: events.at(-1)?.atMs });
  const [stage] = PLAN.stages;
  const [cluster] = stage?.clusters ?? [];
  if (!stage || !cluster) throw new Error('the plan has a cluster');
  const leftOut = [{ node: 'n4', reason: 'not among the nodes asked for' }];
  const narrowed = { ...PLAN, stages: [{ ...stage, clusters: [{ ...cluster, leftOut }] }] };
  expect(totals([events], narrowed).successes).toEqual({});
});

it('forgets nothing that waits, and keeps no more', () => {
  const journal = new WrittenJournal().begun().claim('n1', 's1').begin('n1', 'drain').fail('n1', 'drain');
  const { state, sums } = totals([journal.events]);
  expect(state.waits).toEqual({
    'node a/n1': { cluster: 'a', kinds: [{ reason: 'failed-node', gate: '', sinceMs: 8_000 }] },
  });
  expect(sums['waiting_seconds_total a failed-node ']).toBeUndefined();
});
