import { expect, it } from 'vitest';
import type { EventBody } from '../../../shared/domain/events.ts';
import { foldStatus } from '../../../shared/domain/fold.ts';
import type { RolloutStatus } from '../../../shared/domain/status.ts';
import { WrittenJournal } from '../../helpers/journal.ts';
import { tinyPlan } from '../../helpers/plan.ts';

const plan = tinyPlan({ stages: { dev: { a: [{ nodes: ['n1', 'n2'] }] } } });
const by = { by: 'ann', why: '' };
const n1 = { cluster: 'a', node: 'n1' } as const;
const claimed = () => new WrittenJournal().begun().claim('n1', 's1');
const failing = () => claimed().begin('n1', 'drain').fail('n1', 'drain');
const node = (of: RolloutStatus) => of.nodes['a/n1'];
const budgets = (s: RolloutStatus) => {
  return [s.failureBudget, s.clusters[0]?.failureBudget, s.clusters[0]?.waves[0]?.failureBudget];
};

const redo: EventBody = { type: 'node-redo-asked', ...n1, ...by };
const released: EventBody = { type: 'slot-released', ...n1, wave: 0, slot: 's1' };
const repaired: EventBody = { type: 'node-repaired', ...n1, ...by };
const aborting: EventBody = { type: 'rollout-aborting', ...by };
const budget = { type: 'failure-budget-changed', ...by } as const;

it.each<[string, WrittenJournal, (of: RolloutStatus) => unknown, unknown]>([
  [
    'redo of a node that is away: first it comes to its safe point',
    claimed().add(redo),
    s => [node(s)?.state, node(s)?.reason],
    ['claimed', 'to be done anew, asked by ann'],
  ],
  [
    'redo of a node that is done',
    claimed().done('n1').add(redo),
    s => [node(s)?.state, node(s)?.round, node(s)?.endedAtMs],
    ['pending', 1, null],
  ],
  [
    'redo, once its slot lets go',
    claimed().add(redo, released),
    s => [node(s)?.state, node(s)?.slot, node(s)?.reason],
    ['pending', null, ''],
  ],
  [
    'redo, then skip: it is not pending any more',
    claimed().add(
      redo,
      { type: 'node-skip-asked', ...n1, ...by },
      { type: 'node-skipped', ...n1, reason: 'x' },
      released,
    ),
    s => node(s)?.state,
    'skipped',
  ],
  [
    'redo, then an abort that comes too late',
    claimed().add(redo, aborting).done('n1').add(released),
    s => node(s)?.state,
    'done',
  ],
  ['repaired: nobody is waited for', failing().add(repaired), s => [s.state, node(s)?.state], ['running', 'failed']],
  [
    'repaired: its steps are left out',
    failing().add(repaired, { type: 'step-skipped', ...n1, round: 1, step: 'drain', reason: 'repaired' }),
    s => [s.state, node(s)?.state, node(s)?.steps.drain.state, node(s)?.steps.drain.failure],
    ['running', 'failed', 'skipped', null],
  ],
  [
    'budget of the rollout',
    claimed().add({ ...budget, place: { of: 'rollout' }, budget: 4 }),
    budgets,
    [4, null, null],
  ],
  [
    'budget of a cluster',
    claimed().add({ ...budget, place: { of: 'cluster', cluster: 'a' }, budget: 3 }),
    budgets,
    [0, 3, null],
  ],
  [
    'budget of a wave',
    claimed().add({ ...budget, place: { of: 'wave', cluster: 'a', wave: 0 }, budget: 2 }),
    budgets,
    [0, null, 2],
  ],
])('%s', (_what, journal, look, wanted) => {
  expect(look(foldStatus(plan, 'r', journal.events))).toEqual(wanted);
});
