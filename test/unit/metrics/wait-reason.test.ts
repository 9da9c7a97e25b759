import { expect, it } from 'vitest';
import { approvalText, soakText } from '../../../shared/domain/approval/text.ts';
import { causeOf } from '../../../shared/domain/block/cause.ts';
import { escalationText } from '../../../shared/domain/drain/escalation.ts';
import { isRefusedByBudget, stepWaitKinds, waitKinds } from '../../../shared/domain/metrics/wait-reason.ts';
import { tooSoon } from '../../../shared/gates/too-soon.ts';
import { podView } from '../../helpers/fake-cluster.ts';

const GATES = new Set(['alerts', 'ceph health']);
const kinds = (text: string) =>
  waitKinds(text, GATES, 'held-node').map(({ reason, gate }) => [reason, gate].join(' ').trim());

/** Reasons as the engine's parts make them. */
const MADE: readonly (readonly [string, string])[] = [
  [approvalText({ of: 'canary', cluster: 'a', wave: 0 }), 'approval'],
  [soakText('wave dev/1', 0), 'soak'],
  [tooSoon(0), 'reboot-pause'],
  ['the first node of the wave goes alone: n1 is claimed', 'approval'],
  ['the rollout is paused', 'paused'],
  ['the rollout stops: no further wave is opened', 'paused'],
  ['2 of 2 nodes of the wave are away', 'concurrency'],
  ['waits for a slot: 1 of 1 nodes of the wave are away', 'concurrency'],
  ['tried again first: n1', 'concurrency'],
  ['maxUnavailable 1: away are n1', 'max-unavailable'],
  ['zone eu-1a: 1 of 1 away: n1', 'max-unavailable'],
  ['one control-plane node at a time: cp1 is away', 'control-plane'],
  ['failure budget spent in cluster a: a/n1 failed', 'failure-budget'],
  ['failure budget spent: held before upgrade', 'failure-budget'],
  ['cluster a is held by rollout r2', 'ownership'],
  ['cluster a is not ours: its Lease is held by x/r2 (installation/rollout)', 'ownership'],
  ['its Lease is held by x/r2 (installation/rollout)', 'ownership'],
  ["n1: the node's Lease kube-node-lease/x-n1 is held by nobody", 'ownership'],
  ['the facts about cluster a are older than 30000 ms', 'cluster-unreachable'],
  ['cluster a cannot be asked: connect ECONNREFUSED', 'cluster-unreachable'],
  ['recovery after n1: well, soaking', 'soak'],
  ['recovery after n1: n1 is not Ready: KubeletStopped', 'recovery'],
  ['recovery after n1: alerts: alert X fires; opens when no such alert fires any more', 'gate alerts'],
  ['hook notify: failed: exit code 1', 'hook'],
  ['alerts: alert X fires; alert Y fires; opens when no such alert fires any more', 'gate alerts'],
  ['ceph health: HEALTH_WARN: 1 osd down; opens when it is HEALTH_OK', 'gate ceph health'],
  ['outside the window; no window that is long enough is to come', 'window'],
  ['frozen; opens Mon 2026-11-23 01:00 UTC', 'window'],
  ['frozen: the sales; opens Mon 2026-11-23 01:00 UTC', 'window'],
  ['the window closes Mon 2026-11-23 01:00 UTC, and a node takes 2 h; opens Tue 2026-11-24 01:00 UTC', 'window'],
  ['no node can be taken now', 'held-node'],
];

it.each(MADE)('knows %j', (text, kind) => {
  expect(kinds(text)).toEqual([kind]);
});

it('knows each of several reasons in one text', () => {
  const text = 'outside the window; opens Mon 2026-11-23 01:00 UTC; alerts: alert X fires; opens when it does not';
  expect(kinds(text)).toEqual(['window', 'gate alerts']);
});

it('tells what a budget holds up from other pods that are waited for', () => {
  const pod = podView('web-1', 'n1');
  const { short } = causeOf({
    pod,
    answer: { kind: 'refused', message: 'no', budgets: ['web'] },
    budgets: null,
    matched: null,
    unhealthy: [],
    nowMs: 0,
  });
  const told = escalationText({ act: 'notified', pods: [{ pod: 'shop/web-1', budgets: ['web'], refusedForMs: 1 }] });
  for (const text of [`waiting for shop/web-1: ${short}`, told]) {
    expect(isRefusedByBudget(text), text).toBe(true);
    expect(stepWaitKinds('drain', text, GATES)).toEqual([{ reason: 'disruption-budget', gate: '' }]);
  }
  for (const text of [
    'waiting for shop/web-1: evicted, not seen gone yet',
    'waiting for shop/web-1 and others: budget web allows it again',
    'waiting for shop/budget-1: evicted, not seen gone yet',
  ]) {
    expect(isRefusedByBudget(text), text).toBe(false);
    expect(stepWaitKinds('drain', text, GATES)).toEqual([{ reason: 'pods', gate: '' }]);
  }
  expect(stepWaitKinds('verify', 'soaking', GATES)).toEqual([{ reason: 'step', gate: '' }]);
});
