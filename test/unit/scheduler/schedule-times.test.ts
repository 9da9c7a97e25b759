import { describe, expect, it } from 'vitest';
import { isMissed, startDue } from '../../../services/scheduler/schedules/times.ts';

const at = (time: string) => Date.parse(time);
const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString().slice(0, 16));
const BERLIN = 'Europe/Berlin';

describe('the start that is due', () => {
  it.each([
    ['not yet', '0 2 * * *', 'UTC', '2026-05-01T02:00Z', '2026-05-02T01:59Z', null],
    ['at its very minute', '0 2 * * *', 'UTC', '2026-05-01T02:00Z', '2026-05-02T02:00Z', '2026-05-02T02:00'],
    ['once it was taken up', '0 2 * * *', 'UTC', '2026-05-02T02:00Z', '2026-05-02T02:00Z', null],
    ['of several missed the last', '0 * * * *', 'UTC', '2026-05-01T02:00Z', '2026-05-01T06:30Z', '2026-05-01T06:00'],
    ['none from before it was added', '0 2 * * *', 'UTC', '2026-05-02T02:00:30Z', '2026-05-02T09:00Z', null],
    [
      'although a clock once was a year ahead',
      '0 * * * *',
      'UTC',
      '2027-05-01T02:00Z',
      '2026-05-01T06:30Z',
      '2026-05-01T06:00',
    ],
    ['not twice as a clock was an hour ahead', '0 * * * *', 'UTC', '2026-05-01T07:00Z', '2026-05-01T06:30Z', null],
    ['on the clocks of its zone', '0 2 * * *', BERLIN, '2026-05-01T12:00Z', '2026-05-02T00:00Z', '2026-05-02T00:00'],
    // 29 March 2026: 02:00 becomes 03:00, which is 01:00 UTC.
    [
      'right after the gap when clocks go forward',
      '30 2 * * *',
      BERLIN,
      '2026-03-28T12:00Z',
      '2026-03-29T02:00Z',
      '2026-03-29T01:00',
    ],
    ['not before the gap is over', '30 2 * * *', BERLIN, '2026-03-28T12:00Z', '2026-03-29T00:59Z', null],
    // 25 October 2026: 03:00 becomes 02:00 at 01:00 UTC; 02:30 is at 00:30 and 01:30 UTC.
    [
      'the first 02:30 when clocks go back',
      '30 2 * * *',
      BERLIN,
      '2026-10-24T12:00Z',
      '2026-10-25T00:45Z',
      '2026-10-25T00:30',
    ],
    ['not the second 02:30', '30 2 * * *', BERLIN, '2026-10-25T00:30Z', '2026-10-25T05:00Z', null],
    ['the day after as ever', '30 2 * * *', BERLIN, '2026-10-25T00:30Z', '2026-10-26T01:30Z', '2026-10-26T01:30'],
  ])('%s', (_name, cron, zone, seen, now, expected) => {
    expect(iso(startDue({ cron, zone }, at(seen), at(now)))).toBe(expected);
  });
});

describe('a start is missed', () => {
  const MINUTE_MS = 60_000;
  const record = (lateMs: number, by = '') => ({
    dueMs: 1_000_000,
    by,
    begunAtMs: 1_000_000 + lateMs,
    waitsFor: '',
    outcome: null,
  });

  it.each([
    ['in time', 0, 0, false],
    ['by a clock that is ahead', -5_000, 0, false],
    ['a little late is not late', 2 * MINUTE_MS, 0, false],
    ['late', 2 * MINUTE_MS + 1, 0, true],
    ['late, within its time to catch up', 60 * MINUTE_MS, 60 * MINUTE_MS, false],
    ['later than that', 60 * MINUTE_MS + 1, 60 * MINUTE_MS, true],
    ['a short time to catch up takes nothing away', 2 * MINUTE_MS, MINUTE_MS, false],
  ])('%s', (_name, lateMs, catchUpMs, expected) => {
    expect(isMissed({ catchUpMs }, record(lateMs))).toBe(expected);
  });

  it('never when a person wanted it', () => {
    expect(isMissed({ catchUpMs: 0 }, record(60 * MINUTE_MS, 'ann'))).toBe(false);
  });
});
