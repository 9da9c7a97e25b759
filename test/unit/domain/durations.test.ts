import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodeTakes } from '../../../shared/domain/durations/node-takes.ts';
import { quantile, statisticsOf } from '../../../shared/domain/durations/statistics.ts';
import { kindOf, type NodeTimes } from '../../../shared/domain/durations/times.ts';
import { tookOf } from '../../../shared/domain/durations/took.ts';
import type { EventBody, RolloutEvent } from '../../../shared/domain/events.ts';
import { STEPS, type StepName } from '../../../shared/domain/steps.ts';
import { BROKEN } from '../../helpers/journal.ts';

const of = { cluster: 'a', node: 'n1' };
const at = (second: number, body: EventBody): RolloutEvent => ({ ...body, id: `${second}000-0`, atMs: second * 1000 });
const claimed = (second: number, round = 1) =>
  at(second, { type: 'node-claimed', ...of, wave: 0, slot: 's', round, adopted: false });
const started = (second: number, step: StepName, attempt = 1, round = 1) =>
  at(second, { type: 'step-started', ...of, round, step, attempt, epoch: second });
const done = (second: number, step: StepName, proof: unknown = {}, round = 1) =>
  at(second, { type: 'step-done', ...of, round, step, proof, note: '' });
const waiting = (second: number, step: StepName, held: boolean) =>
  at(second, { type: 'step-waiting', ...of, round: 1, step, reason: 'others', held });
const nodeDone = (second: number, round = 1) => at(second, { type: 'node-done', ...of, round });
const UPGRADED = { exitCode: 0, changes: [] };

describe('what steps took', () => {
  it.each<[string, RolloutEvent[], object | null]>([
    [
      'each from its beginning to its end',
      [
        claimed(1),
        started(2, 'drain'),
        done(10, 'drain'),
        started(10, 'upgrade'),
        done(40, 'upgrade', UPGRADED),
        nodeDone(41),
      ],
      { atMs: 41_000, steps: { drain: 8_000, upgrade: 30_000 } },
    ],
    [
      'with what its attempts took, and the pauses between',
      [
        started(2, 'upgrade'),
        at(5, {
          type: 'attempt-failed',
          ...of,
          round: 1,
          step: 'upgrade',
          attempt: 1,
          failure: BROKEN,
          retryInMs: 1000,
        }),
        started(9, 'upgrade', 2),
        done(12, 'upgrade', UPGRADED),
        nodeDone(12),
      ],
      { atMs: 12_000, steps: { upgrade: 10_000 } },
    ],
    [
      'without what it waited for others, or was held',
      [
        started(2, 'upgrade'),
        waiting(3, 'upgrade', false),
        waiting(3600, 'upgrade', true),
        started(3601, 'upgrade'),
        done(3611, 'upgrade', UPGRADED),
        nodeDone(3611),
      ],
      { atMs: 3_611_000, steps: { upgrade: 10_000 } },
    ],
    [
      'without the time until a person acted',
      [
        started(2, 'upgrade'),
        at(5, { type: 'step-failed', ...of, round: 1, step: 'upgrade', attempt: 1, failure: BROKEN }),
        at(7200, { type: 'node-retried', ...of, by: 'me', why: '' }),
        started(7201, 'upgrade'),
        done(7205, 'upgrade', UPGRADED),
        nodeDone(7205),
      ],
      { atMs: 7_205_000, steps: { upgrade: 7_000 } },
    ],
    [
      'of this round only, and nothing that came after it',
      [
        claimed(1),
        started(2, 'upgrade'),
        claimed(100, 2),
        started(101, 'upgrade', 1, 2),
        done(103, 'upgrade', UPGRADED, 2),
        nodeDone(104, 2),
        started(105, 'upgrade', 1, 2),
      ],
      null,
    ],
    ['a reboot alone is work', [done(3, 'reboot', { rebooted: true }), nodeDone(4)], { atMs: 4_000, steps: {} }],
    ['nothing was to do', [done(3, 'upgrade', { exitCode: null, changes: [] }), nodeDone(4)], null],
    ['not done', [started(2, 'upgrade'), done(3, 'upgrade', UPGRADED)], null],
  ])('%s', (_name, events, expected) => {
    expect(tookOf(events, 1)).toEqual(expected);
  });
});

const times = (...totals: number[]): NodeTimes[] =>
  totals.map((ms, index) => ({ id: `${index}`, atMs: index, steps: { drain: ms / 4, upgrade: (3 * ms) / 4 } }));

describe('statistics', () => {
  it('a quantile is the least value that such a share is not above', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer(), { minLength: 1 }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (values, q) => {
          const found = quantile(values, q);
          const notAbove = (limit: number) => values.filter(value => value <= limit).length / values.length;
          expect(values).toContain(found);
          expect(notAbove(found)).toBeGreaterThanOrEqual(q - 1e-9);
          for (const value of values) if (value < found) expect(notAbove(value)).toBeLessThan(q);
        },
      ),
    );
  });

  it('are of nodes as a whole, and of their steps', () => {
    const known = statisticsOf(times(400, 800, 4000));
    expect(known).toMatchObject({ count: 3, node: { median: 800, p95: 4000 } });
    expect(known?.steps.median).toMatchObject({ drain: 200, upgrade: 600, reboot: 0 });
    expect(Object.keys(known?.steps.p95 ?? {})).toEqual([...STEPS]);
    expect(statisticsOf([])).toBeUndefined();
  });
});

describe('what a node is expected to take', () => {
  const worker = { controlPlane: false, roles: [], steps: [] };
  const MINUTE = 60_000;
  const auto = { nodeTakesMs: null };

  it.each<[string, { nodeTakesMs: number | null }, number[], number, string]>([
    ['as the policy says', { nodeTakesMs: 45 * MINUTE }, [1, 2, 3, 4, 5], 45, 'a node takes 45 min by nodeTakes'],
    ['nothing is known', auto, [], 30, 'a node takes 30 min, as long as fewer than 5 of its kind are known'],
    [
      'too little is known',
      auto,
      [1, 2, 3, 4],
      30,
      'a node takes 30 min, as long as fewer than 5 of its kind are known',
    ],
    ['enough is known', auto, [1, 2, 3, 4, 12], 12, 'a node (worker) takes 12 min by the last 5'],
  ])('%s', (_name, policy, minutes, expected, words) => {
    const known = { worker: times(...minutes.map(each => each * MINUTE)), storage: times(99 * MINUTE) };
    expect(nodeTakes(policy, worker, known)).toEqual({ ms: expected * MINUTE, words });
  });

  it('by its kind', () => {
    expect(kindOf({ controlPlane: true, roles: ['control-plane', 'etcd'], steps: [] })).toBe('control-plane');
    expect(kindOf({ controlPlane: false, roles: ['worker', 'storage'], steps: [] })).toBe('storage+worker');
    expect(kindOf(worker)).toBe('worker');
    const steps = [{ step: 'upgrade', skip: 'upgrade.manager is none' }] as const;
    expect(kindOf({ ...worker, steps })).toBe('worker, not upgraded');
  });
});
