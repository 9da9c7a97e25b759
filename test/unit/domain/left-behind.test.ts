import { describe, expect, it } from 'vitest';
import type { NodeState } from '../../../shared/domain/events.ts';
import type { WorkMark } from '../../../shared/domain/facts.ts';
import { judgeMark, whatIsOurs } from '../../../shared/domain/left-behind.ts';

const MARK: WorkMark = { installation: 'i', rollout: 'r', round: 1, epoch: 1, cordonedBefore: false };
const UNTIL = Date.UTC(2026, 0, 1);

describe('whose a mark is', () => {
  it.each<[string, { state: string; node: NodeState | null } | null, number | null, string]>([
    ['a rollout that runs', { state: 'running', node: 'claimed' }, null, 'live'],
    ['one that waits for a person', { state: 'waiting-on-person', node: 'failed' }, null, 'live'],
    ['one that lost its records and will adopt the node', { state: 'running', node: 'pending' }, null, 'live'],
    ['one that is paused', { state: 'paused', node: 'claimed' }, null, 'live'],
    ['one that is through with the node', { state: 'running', node: 'skipped' }, UNTIL, 'left'],
    ['one whose cluster has another name here', { state: 'running', node: null }, null, 'live'],
    ['one that has ended, under another name of its cluster', { state: 'done', node: null }, null, 'left'],
    ['one that has ended, whatever its Lease says', { state: 'done', node: 'failed' }, UNTIL, 'left'],
    ['one that was aborted', { state: 'aborted', node: 'aborted' }, null, 'left'],
    ['one that only a Lease knows', null, UNTIL, 'held'],
    ['one that nobody knows', null, null, 'left'],
  ])('%s', (_, rollout, heldUntilMs, kind) => {
    expect(judgeMark({ mark: MARK, rollout, heldUntilMs }).kind).toBe(kind);
  });

  it('says what is known', () => {
    expect(judgeMark({ mark: MARK, rollout: null, heldUntilMs: UNTIL }).reason).toBe(
      'rollout r of installation i, which no Redis asked here knows; its Lease says until 2026-01-01T00:00:00.000Z that it is alive',
    );
  });
});

it('a mark tells what is taken away with it', () => {
  expect(whatIsOurs(MARK)).toEqual(['the mark', 'the cordon']);
  expect(whatIsOurs({ ...MARK, cordonedBefore: true })).toEqual(['the mark', 'not the cordon, which was there before']);
  const taint = { key: 'a', value: '', effect: 'NoSchedule' };
  const labels = { b: { before: null, during: '1' } };
  expect(whatIsOurs({ ...MARK, cordons: false, taint, labels })).toEqual([
    'the mark',
    'the taint a:NoSchedule',
    'the labels b',
  ]);
  expect(whatIsOurs({ ...MARK, cordons: false, taint, taintedBefore: true })).toEqual(['the mark']);
});
