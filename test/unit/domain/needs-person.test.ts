import { expect, it } from 'vitest';
import type { EventBody } from '../../../shared/domain/events.ts';
import { foldStatus } from '../../../shared/domain/fold.ts';
import { tinyPlan } from '../../helpers/plan.ts';

const failure = { code: 'unexpected', message: 'broken', retryable: false };
const open: readonly EventBody[] = [
  { type: 'rollout-started' },
  { type: 'cluster-started', cluster: 'a' },
  { type: 'wave-started', cluster: 'a', wave: 0 },
];
const claimed = (node: string): EventBody[] => [
  { type: 'node-claimed', cluster: 'a', node, wave: 0, slot: `slot of ${node}`, round: 1, adopted: false },
];
const failed = (node: string): EventBody[] => [
  ...claimed(node),
  { type: 'step-failed', cluster: 'a', node, round: 1, step: 'drain', attempt: 1, failure },
];
const recovering = (node: string): EventBody[] => [
  ...claimed(node),
  { type: 'node-done', cluster: 'a', node, round: 1 },
];
const held = (node: string): EventBody => ({ type: 'node-held', cluster: 'a', node, reason: 'not Ready' });
const released: EventBody = { type: 'slot-released', cluster: 'a', node: 'n2', wave: 0, slot: 'slot of n2' };
const retried: EventBody = { type: 'node-retried', cluster: 'a', node: 'n1', by: 'me', why: '' };

const waiting = (reason: string): EventBody => ({
  type: 'waiting',
  cluster: 'a',
  wave: 0,
  slot: 's9',
  reasons: [reason],
});
const waveBudget = (budget: number) => {
  const place = { of: 'wave', cluster: 'a', wave: 0 } as const;
  return { type: 'failure-budget-changed', place, budget, by: 'me', why: '' } as const;
};

it.each<[string, string, number, EventBody[]]>([
  ['running', 'nothing was taken yet', 0, []],
  ['waiting-on-person', 'one failed, nothing else is away', 0, failed('n1')],
  ['running', 'one failed, another is on its way', 0, [...failed('n1'), ...claimed('n2')]],
  ['running', 'the failed one was retried a moment ago', 0, [...failed('n1'), retried]],
  ['running', 'one failed within the budget, the cluster recovers', 1, [...failed('n1'), ...recovering('n2')]],
  ['waiting-on-person', 'after that recovery', 1, [...failed('n1'), ...recovering('n2'), released]],
  ['waiting-on-person', 'the budget is spent: no recovery leads on', 0, [...failed('n1'), ...recovering('n2')]],
  ['waiting-on-person', 'only held nodes are left', 0, [held('n1'), ...recovering('n2'), released]],
  ['running', 'one is held, another can be taken', 0, [held('n1')]],
  ['running', 'one failed within the budget, another can be taken in its place', 1, failed('n1')],
  [
    'waiting-on-person',
    'the same, but it counts as away',
    1,
    [...failed('n1'), waiting('maxUnavailable 1: away are n1')],
  ],
  ['waiting-on-person', 'the same, in its zone', 1, [...failed('n1'), waiting('zone a: 1 of 1 away: n1')]],
  [
    'waiting-on-person',
    'the same, as the canary of its wave',
    1,
    [...failed('n1'), waiting('the first node of the wave goes alone: n1 is failed')],
  ],
  ['running', 'something else keeps the other', 1, [...failed('n1'), waiting('outside the window')]],
  ['waiting-on-person', 'the budget of the wave is spent', 1, [...failed('n1'), waveBudget(0)]],
  ['running', 'a budget was raised', 0, [...failed('n1'), { ...waveBudget(5), place: { of: 'rollout' } }]],
  ['running', 'the failed one is taken for repaired', 0, [...failed('n1'), { ...retried, type: 'node-repaired' }]],
  ['running', 'the failed one is to be done anew', 0, [...failed('n1'), { ...retried, type: 'node-redo-asked' }]],
  [
    'running',
    'what held them is over',
    0,
    [held('n1'), held('n2'), { type: 'node-held-over', cluster: 'a', node: 'n2' }],
  ],
])('%s: %s', (state, _, failureBudget, events) => {
  const plan = tinyPlan({ stages: { dev: { a: [{ nodes: ['n1', 'n2'], concurrency: 2 }] } }, failureBudget });
  const journal = [...open, ...events].map((event, at) => ({ ...event, id: `${at + 1}-0`, atMs: at }));
  expect(foldStatus(plan, 'r', journal).state).toBe(state);
});
