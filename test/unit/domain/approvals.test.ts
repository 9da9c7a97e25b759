import { describe, expect, it } from 'vitest';
import { findApprovalPlace } from '../../../services/cli/commands/approval-place.ts';
import { judgeAuto } from '../../../shared/domain/approval/auto.ts';
import { spanText } from '../../../shared/domain/approval/text.ts';
import { type ApprovalPlace, placeText } from '../../../shared/domain/command.ts';
import type { EventBody } from '../../../shared/domain/events.ts';
import { foldStatus } from '../../../shared/domain/fold.ts';
import { asked, withPlaces } from '../../helpers/approvals.ts';
import { WrittenJournal } from '../../helpers/journal.ts';
import { tinyPlan } from '../../helpers/plan.ts';

const plan = tinyPlan({ stages: { dev: { a: [{ nodes: ['n1', 'n2'] }], b: [{ nodes: ['m1'] }] } } });
const wave: ApprovalPlace = { of: 'wave', cluster: 'a', wave: 0 };
const canary: ApprovalPlace = { of: 'canary', cluster: 'a', wave: 0 };
const stage: ApprovalPlace = { of: 'stage', stage: 'dev' };
const wanted = (place: ApprovalPlace): EventBody => ({ type: 'approval-wanted', place, reason: '' });
const given = (place: ApprovalPlace): EventBody => ({ type: 'approved', place, by: 'me', why: '', expiresAtMs: null });
const statusOf = (events: EventBody[], of = plan) => foldStatus(of, 'r', new WrittenJournal().add(...events).events);
const started: EventBody = { type: 'rollout-started' };
const begins = (cluster: string): EventBody => ({ type: 'cluster-started', cluster });

describe('what a rollout waits for', () => {
  it.each<[string, string, EventBody[]]>([
    ['waiting-on-person', 'a stage', [started, wanted(stage)]],
    ['running', 'a wave, while another cluster goes on', [started, begins('a'), begins('b'), wanted(wave)]],
    [
      'waiting-on-person',
      'a wave, the other cluster being done',
      [started, begins('a'), begins('b'), { type: 'cluster-done', cluster: 'b' }, wanted(wave)],
    ],
    ['aborting', 'nothing after an abort', [started, wanted(stage), { type: 'rollout-aborting', by: 'me', why: '' }]],
  ])('%s: %s', (state, _, events) => {
    expect(statusOf(events).state).toBe(state);
  });

  it('none that would be given by itself needs a person', () => {
    const auto = withPlaces(plan, [[stage, asked({ autoMs: 1000 })]]);
    expect(statusOf([started, wanted(stage)], auto).state).toBe('running');
  });

  it('is forgotten when taken back, and used when it begins', () => {
    expect(statusOf([given(stage), { type: 'approval-revoked', place: stage, by: 'me', why: '' }]).approvals).toEqual(
      [],
    );
    expect(statusOf([given(stage), { type: 'stage-started', stage: 'dev' }]).approvals[0]?.state).toBe('used');
    const first = new WrittenJournal().add(given(canary)).claim('n1', 's');
    expect(foldStatus(plan, 'r', first.events).approvals[0]?.state).toBe('given');
    expect(foldStatus(plan, 'r', first.claim('n2', 's').events).approvals[0]?.state).toBe('used');
  });
});

it('of a canary is not wanted any more once the wave is done without it', () => {
  const excluded: EventBody = { type: 'node-excluded', cluster: 'a', node: 'n2', reason: 'excluded by ann' };
  const done: EventBody = { type: 'wave-done', cluster: 'a', wave: 0 };
  expect(statusOf([started, wanted(canary), excluded]).approvals).toMatchObject([{ state: 'wanted' }]);
  expect(statusOf([started, wanted(canary), excluded, done]).approvals).toEqual([]);
  expect(statusOf([started, given(canary), excluded, done]).approvals).toMatchObject([{ state: 'given' }]);
});

describe('the place that words name', () => {
  it.each<[string[], EventBody[], string]>([
    [['a/1'], [], 'wave a/1'],
    [['a/1'], [wanted(canary)], 'canary a/1'],
    [['canary', 'a/1'], [wanted(wave)], 'canary a/1'],
    [['dev'], [], 'stage dev'],
    [['cluster', 'b'], [], 'cluster b'],
  ])('%j', (words, events, place) => {
    expect(placeText(findApprovalPlace(statusOf(events), words, 'wanted'))).toBe(place);
  });

  it.each([[['nowhere']], [['a/7']], [['stage', 'a']], [['a', 'b', 'c']]])('%j is none', words => {
    expect(() => findApprovalPlace(statusOf([wanted(wave)]), words, 'wanted')).toThrow(Error);
  });
});

it('an approval is given by itself when all has been well for its time, not before, not without', () => {
  const policy = asked({ autoMs: 1000 });
  expect(judgeAuto(policy, 5000, 5999)).toEqual({ kind: 'wait', untilMs: 6000 });
  expect(judgeAuto(policy, 5000, 6000)).toEqual({ kind: 'give', why: 'well for 1s' });
  expect(judgeAuto(policy, null, 6000)).toEqual({ kind: 'no' });
  expect(judgeAuto(asked(), 0, 6000)).toEqual({ kind: 'no' });
  expect([0, 90_000, 5_400_000].map(spanText)).toEqual(['0s', '1m30s', '1h30m']);
});
