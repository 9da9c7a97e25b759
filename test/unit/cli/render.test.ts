import { describe, expect, it } from 'vitest';
import { eventLine } from '../../../services/cli/render/event.ts';
import { painter } from '../../../services/cli/render/paint.ts';
import { table } from '../../../services/cli/render/table.ts';
import { fit, oneLine, pad, width, wrap } from '../../../services/cli/render/text.ts';
import type { EventBody, EventType } from '../../../shared/domain/events.ts';
import { clockTime, dateTime, duration } from '../../../shared/domain/time/show.ts';

const AT = Date.UTC(2026, 2, 1, 12, 3, 7);

describe('durations', () => {
  it.each([
    [-5, '0s'],
    [0, '0s'],
    [40, '0.1s'],
    [400, '0.4s'],
    [999, '1s'],
    [12_900, '12s'],
    [60_000, '1m00s'],
    [72_000, '1m12s'],
    [3_599_999, '59m59s'],
    [7_380_000, '2h03m'],
    [273_600_000, '3d04h'],
  ])('%i ms → %s', (ms, text) => {
    expect(duration(ms)).toBe(text);
  });
});

describe('times', () => {
  it('are those of the zone', () => {
    expect(clockTime(AT, 'UTC')).toBe('12:03:07');
    expect(dateTime(AT, 'Asia/Tokyo')).toBe('2026-03-01 21:03:07');
    expect(clockTime(Date.UTC(2026, 2, 1), 'UTC')).toBe('00:00:00');
  });
});

describe('text', () => {
  it.each([
    ['abc', 3, 'abc'],
    ['abcd', 3, 'ab…'],
    ['漢字漢', 4, '漢…'],
    ['👩‍👩‍👧x', 2, '…'],
    ['abc', 0, ''],
  ])('fits %j into %i columns', (text, columns, fitted) => {
    expect(fit(text, columns)).toBe(fitted);
  });

  it('fills up by display width', () => {
    expect([pad('漢', 4), pad('ab', 4, 'right')]).toEqual(['漢  ', '  ab']);
  });

  it('breaks at spaces and cuts longer words', () => {
    expect(wrap('aa bb ccccccc d', 5)).toEqual(['aa bb', 'cccc…', 'd']);
  });

  it('leaves nothing a terminal would act on', () => {
    expect(oneLine(' a\u001b[31mb\r\n\tc\u009b2Jd\u0007 ')).not.toMatch(/\p{Cc}/u);
    expect(oneLine('a\n\n b')).toBe('a b');
  });
});

describe('tables', () => {
  it('align, and cut the last column at the width of the terminal', () => {
    const lines = table(
      ['A', 'LONG'],
      [
        ['漢', 'x'.repeat(40)],
        ['b\nc', 'y'],
      ],
      20,
    );
    expect(lines).toEqual(['A    LONG', `漢   ${'x'.repeat(14)}…`, 'b c  y']);
    for (const line of lines) expect(width(line)).toBeLessThanOrEqual(20);
  });
});

describe('events', () => {
  const node = { cluster: 'c', node: 'n' };
  const step = { ...node, round: 1, step: 'reboot' } as const;
  const who = { by: 'me', why: 'so' };
  const failure = { code: 'x-code', message: 'it broke', retryable: true };
  const samples: { readonly [T in EventType]: Omit<Extract<EventBody, { type: T }>, 'type'> } = {
    'rollout-created': { by: 'me', installation: 'i' },
    'rollout-started': {},
    'rollout-paused': who,
    'rollout-resumed': who,
    'rollout-stopping': who,
    'rollout-aborting': { by: 'me', why: '' },
    'rollout-ended': { outcome: 'done' },
    'stage-started': { stage: 's' },
    'stage-done': { stage: 's' },
    'cluster-started': { cluster: 'c' },
    'cluster-done': { cluster: 'c' },
    'wave-started': { cluster: 'c', wave: 0 },
    'wave-done': { cluster: 'c', wave: 0 },
    'concurrency-changed': { cluster: 'c', wave: 0, concurrency: 3, ...who },
    'failure-budget-changed': { place: { of: 'rollout' }, budget: 2, ...who },
    'approval-wanted': { place: { of: 'stage', stage: 'production' }, reason: 'policy' },
    approved: { place: { of: 'canary', cluster: 'c', wave: 0 }, expiresAtMs: null, ...who },
    'approval-revoked': { place: { of: 'wave', cluster: 'c', wave: 0 }, ...who },
    'approval-expired': { place: { of: 'cluster', cluster: 'c' } },
    waiting: { cluster: 'c', wave: 0, slot: 'r_c_w0_s2', reasons: ['one', 'two'] },
    'waiting-over': { cluster: '', wave: -1, slot: '' },
    'node-claimed': { ...node, wave: 0, slot: 's', round: 2, adopted: true },
    'step-started': { ...step, attempt: 2, epoch: 3 },
    'step-waiting': { ...step, reason: 'booting', held: false },
    'drain-escalated': {
      ...step,
      act: 'deleting',
      pods: ['a', 'b', 'c', 'd'].map(pod => ({ pod: `shop/${pod}`, budgets: ['web'], refusedForMs: 600_000 })),
    },
    'step-done': { ...step, proof: {}, note: 'rebooted' },
    'step-skipped': { ...step, reason: 'not due' },
    'attempt-failed': { ...step, attempt: 1, failure, retryInMs: 12_000 },
    'step-failed': { ...step, attempt: 3, failure },
    'node-retried': { ...node, ...who },
    'node-skip-asked': { ...node, ...who },
    'node-redo-asked': { ...node, ...who },
    'node-repaired': { ...node, ...who },
    'node-done': { ...node, round: 1 },
    'node-skipped': { ...node, reason: 'asked' },
    'node-excluded': { ...node, reason: 'gone' },
    'node-aborted': { ...node, reason: 'aborted' },
    'node-held': { ...node, reason: 'roles changed' },
    'node-held-over': node,
    'slot-released': { ...node, wave: 0, slot: 's' },
    'hook-done': { ...node, hook: 'silence', when: 'before', of: 'node', tookMs: 1_200 },
    'hook-failed': { cluster: 'c', wave: 1, hook: 'noout', when: 'after', of: 'wave', reason: 'exit code 1' },
    mended: { what: 'a job was missing', ...node },
  };

  it('each have a line', () => {
    const lines = Object.entries(samples).map(([type, body]) => {
      return eventLine({ ...body, type, id: '1-0', atMs: AT } as never, painter(false), 'UTC');
    });
    expect(lines).toMatchSnapshot();
  });
});
