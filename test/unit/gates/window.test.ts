import { describe, expect, it } from 'vitest';
import { compileFreeze, compileWindow } from '../../../shared/config/compile/window.ts';
import { freezeSchema, windowSchema } from '../../../shared/config/schema/window.ts';
import { cronerCron } from '../../../shared/cron/croner.ts';
import { type WindowPolicy, windowOfWave } from '../../../shared/domain/window/window.ts';
import { judgeWindow, NOTHING_MORE } from '../../../shared/gates/window/judge.ts';

const BERLIN = 'Europe/Berlin';
const NEW_YORK = 'America/New_York';
/** Clocks are changed by half an hour there. */
const LORD_HOWE = 'Australia/Lord_Howe';

const window = (from: string, to: string, timeZone: string, more: object = {}) => ({ from, to, timeZone, ...more });
const freeze = (from: string, to: string, timeZone: string, why = '') => ({ from, to, timeZone, why });

function policyOf(windows: readonly object[], freezes: readonly object[] = []): WindowPolicy {
  return {
    rules: windows.map(each => compileWindow(windowSchema.parse(each))),
    freezes: freezes.flatMap(each => compileFreeze(freezeSchema.parse(each), () => [])),
    nodeTakesMs: 0,
  };
}

/** A window, an instant with its offset, and until when it is open or when it opens (null: not to be seen). */
type Case = readonly [string, WindowPolicy, string, 'open' | 'closed', string | null];

const night = policyOf([window('22:00', '04:00', BERLIN, { days: ['sat'] })]);
const lunch = policyOf([window('12:00', '13:00', 'UTC')]);
const workdays = policyOf([window('20:00', '23:00', BERLIN, { days: ['mon-fri'] })]);
const overWeekend = policyOf([window('00:00', '24:00', BERLIN, { days: ['sat-mon'] })]);
const second = policyOf([window('21:00', '23:00', BERLIN, { days: ['tue'], weeks: [2] })]);
const last = policyOf([window('22:00', '02:00', BERLIN, { days: ['fri'], weeks: ['last'] })]);
const firstAndThird = policyOf([window('08:00', '10:00', 'UTC', { days: ['wed'], weeks: [1, 3] })]);
const fifth = policyOf([window('08:00', '10:00', 'UTC', { days: ['sun'], weeks: [5] })]);
const small = policyOf([window('02:15', '02:45', BERLIN)]);
const inGap = policyOf([window('02:30', '03:30', BERLIN)]);
const smallNewYork = policyOf([window('01:30', '02:30', NEW_YORK)]);
const smallLordHowe = policyOf([window('01:40', '02:20', LORD_HOWE)]);
const nightBerlin = policyOf([window('22:00', '04:00', BERLIN)]);
const nightNewYork = policyOf([window('22:00', '04:00', NEW_YORK)]);
const two = policyOf([window('20:00', '22:00', 'UTC'), window('21:00', '23:30', 'UTC')]);
const touching = policyOf([window('20:00', '22:00', 'UTC'), window('22:00', '01:00', 'UTC')]);
const twoZones = policyOf([window('01:00', '03:00', BERLIN), window('01:00', '03:00', NEW_YORK)]);
const frozen = policyOf([window('22:00', '04:00', 'UTC')], [freeze('2026-12-20', '2027-01-03', 'UTC', 'year end')]);
const frozenOnly = policyOf([], [freeze('2026-12-24', '2026-12-26', BERLIN, 'Christmas')]);
const frozenTwice = policyOf(
  [window('10:00', '11:00', 'UTC')],
  [freeze('2026-06-01', '2026-06-10', 'UTC'), freeze('2026-06-11', '2026-06-20', 'UTC')],
);
const frozenDay = policyOf([window('22:00', '02:00', 'UTC')], [freeze('2026-03-15', '2026-03-15', 'UTC')]);
const always = policyOf([window('00:00', '24:00', 'UTC')]);
const alwaysFromNoon = policyOf([window('12:00', '12:00', 'UTC')]);
const patchNight = policyOf([{ cron: '0 22 * * 2#2', for: '6h', timeZone: BERLIN }]);
const monthEnd = policyOf([{ cron: '30 1 L * *', for: '90m', timeZone: 'UTC' }]);
const sixHours = policyOf([{ cron: '0 22 * * *', for: '6h', timeZone: BERLIN }]);
const dense = policyOf([{ cron: '*/10 8-9 * * 1-5', for: '15m', timeZone: NEW_YORK }]);
const gapStart = policyOf([{ cron: '30 2 * * *', for: '1h', timeZone: BERLIN }]);
const cronAndClock = policyOf([{ cron: '0 20 * * *', for: '2h', timeZone: 'UTC' }, window('22:00', '23:00', 'UTC')]);
const timed: WindowPolicy = {
  ...lunch,
  freezes: [
    {
      kind: 'span',
      fromMs: Date.parse('2026-05-05T12:20Z'),
      toMs: Date.parse('2026-05-05T12:40Z'),
      zone: 'UTC',
      why: 'demo',
    },
  ],
};
const never = policyOf([window('00:00', '24:00', 'UTC')], [freeze('2020-01-01', '2040-01-01', 'UTC')]);

const CASES: readonly Case[] = [
  // Within a day.
  ['before it begins', lunch, '2026-05-05T11:59:59Z', 'closed', '2026-05-05T12:00:00Z'],
  ['at its first moment', lunch, '2026-05-05T12:00:00Z', 'open', '2026-05-05T13:00:00Z'],
  ['at its last moment', lunch, '2026-05-05T12:59:59.999Z', 'open', '2026-05-05T13:00:00Z'],
  ['at its end', lunch, '2026-05-05T13:00:00Z', 'closed', '2026-05-06T12:00:00Z'],
  ['all day, every day', always, '2026-05-05T13:00:00Z', 'open', null],
  ['from noon to noon is always', alwaysFromNoon, '2026-05-05T11:59:00Z', 'open', null],
  ['no window and no freeze', policyOf([]), '2026-05-05T13:00:00Z', 'open', null],
  // Over midnight.
  ['Saturday before the evening', night, '2026-05-02T21:59+02:00', 'closed', '2026-05-02T22:00+02:00'],
  ['Saturday in the evening', night, '2026-05-02T22:00+02:00', 'open', '2026-05-03T04:00+02:00'],
  ['Saturday at midnight', night, '2026-05-03T00:00+02:00', 'open', '2026-05-03T04:00+02:00'],
  ['Sunday after one', night, '2026-05-03T01:00+02:00', 'open', '2026-05-03T04:00+02:00'],
  ['Sunday at four', night, '2026-05-03T04:00+02:00', 'closed', '2026-05-09T22:00+02:00'],
  ['Saturday after one is the night of Friday', night, '2026-05-02T01:00+02:00', 'closed', '2026-05-02T22:00+02:00'],
  ['Sunday in the evening', night, '2026-05-03T22:30+02:00', 'closed', '2026-05-09T22:00+02:00'],
  ['the night of a year that ends', nightBerlin, '2026-12-31T23:30+01:00', 'open', '2027-01-01T04:00+01:00'],
  // Days of the week.
  ['Friday', workdays, '2026-05-08T22:59+02:00', 'open', '2026-05-08T23:00+02:00'],
  ['Friday after it, until Monday', workdays, '2026-05-08T23:00+02:00', 'closed', '2026-05-11T20:00+02:00'],
  ['Saturday', workdays, '2026-05-09T21:00+02:00', 'closed', '2026-05-11T20:00+02:00'],
  ['Sunday', workdays, '2026-05-10T21:00+02:00', 'closed', '2026-05-11T20:00+02:00'],
  ['a range over the end of the week', overWeekend, '2026-05-09T00:00+02:00', 'open', '2026-05-12T00:00+02:00'],
  ['its last day', overWeekend, '2026-05-11T23:59+02:00', 'open', '2026-05-12T00:00+02:00'],
  ['the day after it', overWeekend, '2026-05-12T00:00+02:00', 'closed', '2026-05-16T00:00+02:00'],
  ['the day of the zone, not of UTC', workdays, '2026-05-04T21:30+02:00', 'open', '2026-05-04T23:00+02:00'],
  // The n-th weekday of a month.
  ['the first Tuesday', second, '2026-05-05T21:30+02:00', 'closed', '2026-05-12T21:00+02:00'],
  ['the second Tuesday', second, '2026-05-12T21:30+02:00', 'open', '2026-05-12T23:00+02:00'],
  ['the second Tuesday that is the 8th', second, '2026-12-08T21:30+01:00', 'open', '2026-12-08T23:00+01:00'],
  ['the second Tuesday that is the 14th', second, '2026-07-14T21:30+02:00', 'open', '2026-07-14T23:00+02:00'],
  ['after it, until that of the next month', second, '2026-05-12T23:00+02:00', 'closed', '2026-06-09T21:00+02:00'],
  ['the last Friday of a month with five', last, '2026-05-29T23:00+02:00', 'open', '2026-05-30T02:00+02:00'],
  ['the fourth of five', last, '2026-05-22T23:00+02:00', 'closed', '2026-05-29T22:00+02:00'],
  ['the last Friday of a month with four', last, '2026-06-26T23:00+02:00', 'open', '2026-06-27T02:00+02:00'],
  ['a last Friday whose night is of the next month', last, '2026-08-01T01:00+02:00', 'open', '2026-08-01T02:00+02:00'],
  ['the third Wednesday', firstAndThird, '2026-05-20T09:00Z', 'open', '2026-05-20T10:00Z'],
  ['the second Wednesday', firstAndThird, '2026-05-13T09:00Z', 'closed', '2026-05-20T08:00Z'],
  ['a fifth Sunday', fifth, '2026-05-31T09:00Z', 'open', '2026-05-31T10:00Z'],
  ['months without a fifth Sunday', fifth, '2026-05-31T10:00Z', 'closed', '2026-08-30T08:00Z'],
  // Clocks put forward: Berlin 2026-03-29 02:00 → 03:00, New York 2026-03-08, Lord Howe 2026-10-04 02:00 → 02:30.
  ['a night that is an hour short', nightBerlin, '2026-03-28T22:00+01:00', 'open', '2026-03-29T04:00+02:00'],
  ['a time that does not come', small, '2026-03-29T01:59+01:00', 'closed', '2026-03-30T02:15+02:00'],
  ['one that comes the day before', small, '2026-03-28T02:20+01:00', 'open', '2026-03-28T02:45+01:00'],
  ['one of which half comes: before', inGap, '2026-03-29T01:59+01:00', 'closed', '2026-03-29T03:00+02:00'],
  ['one of which half comes: at once', inGap, '2026-03-29T03:00+02:00', 'open', '2026-03-29T03:30+02:00'],
  ['New York: before the gap', smallNewYork, '2026-03-08T01:30-05:00', 'open', '2026-03-08T03:00-04:00'],
  ['New York: after the gap', smallNewYork, '2026-03-08T03:00-04:00', 'closed', '2026-03-09T01:30-04:00'],
  ['New York: a short night', nightNewYork, '2026-03-07T23:00-05:00', 'open', '2026-03-08T04:00-04:00'],
  ['Lord Howe: before the gap', smallLordHowe, '2026-10-04T01:50+10:30', 'open', '2026-10-04T02:30+11:00'],
  ['Lord Howe: after the gap', smallLordHowe, '2026-10-04T02:30+11:00', 'closed', '2026-10-05T01:40+11:00'],
  // Clocks put back: Berlin 2026-10-25 03:00 → 02:00, New York 2026-11-01 02:00 → 01:00, Lord Howe 2026-04-05 02:00 → 01:30.
  ['a night that is an hour long', nightBerlin, '2026-10-24T22:00+02:00', 'open', '2026-10-25T04:00+01:00'],
  ['a time that comes twice: first', small, '2026-10-25T02:20+02:00', 'open', '2026-10-25T02:45+02:00'],
  ['a time that comes twice: between', small, '2026-10-25T02:50+02:00', 'closed', '2026-10-25T02:15+01:00'],
  ['a time that comes twice: again', small, '2026-10-25T02:20+01:00', 'open', '2026-10-25T02:45+01:00'],
  ['one that begins twice: first', inGap, '2026-10-25T02:40+02:00', 'open', '2026-10-25T02:00+01:00'],
  ['one that begins twice: between', inGap, '2026-10-25T02:10+01:00', 'closed', '2026-10-25T02:30+01:00'],
  ['New York: 01:30 comes twice', smallNewYork, '2026-11-01T01:45-04:00', 'open', '2026-11-01T01:00-05:00'],
  ['New York: again', smallNewYork, '2026-11-01T01:30-05:00', 'open', '2026-11-01T02:30-05:00'],
  ['Lord Howe: half an hour twice', smallLordHowe, '2026-04-05T01:45+11:00', 'open', '2026-04-05T01:30+10:30'],
  ['Lord Howe: again', smallLordHowe, '2026-04-05T01:40+10:30', 'open', '2026-04-05T02:20+10:30'],
  // Several windows.
  ['two that overlap are one', two, '2026-05-05T20:30Z', 'open', '2026-05-05T23:30Z'],
  ['two that touch are one', touching, '2026-05-05T20:30Z', 'open', '2026-05-06T01:00Z'],
  ['the first of two zones', twoZones, '2026-05-05T01:30+02:00', 'open', '2026-05-05T03:00+02:00'],
  ['between two zones', twoZones, '2026-05-05T03:00+02:00', 'closed', '2026-05-05T01:00-04:00'],
  ['the second of two zones', twoZones, '2026-05-05T02:00-04:00', 'open', '2026-05-05T03:00-04:00'],
  // Cron.
  ['the second Tuesday by cron', patchNight, '2026-05-13T03:59+02:00', 'open', '2026-05-13T04:00+02:00'],
  ['the first by cron', patchNight, '2026-05-05T23:00+02:00', 'closed', '2026-05-12T22:00+02:00'],
  ['the last day of a month', monthEnd, '2026-02-28T02:59Z', 'open', '2026-02-28T03:00Z'],
  ['after it, until the next', monthEnd, '2026-02-28T03:00Z', 'closed', '2026-03-31T01:30Z'],
  ['six hours, as clocks go forward', sixHours, '2026-03-28T23:00+01:00', 'open', '2026-03-29T05:00+02:00'],
  ['six hours, as clocks go back', sixHours, '2026-10-24T23:00+02:00', 'open', '2026-10-25T03:00+01:00'],
  ['moments that overlap are one window', dense, '2026-05-05T08:00-04:00', 'open', '2026-05-05T10:05-04:00'],
  [
    'a moment that is skipped comes after the change',
    gapStart,
    '2026-03-29T01:59+01:00',
    'closed',
    '2026-03-29T03:00+02:00',
  ],
  ['a moment that comes twice counts once', gapStart, '2026-10-25T02:45+02:00', 'open', '2026-10-25T02:30+01:00'],
  ['one that cron and clock make together', cronAndClock, '2026-05-05T20:30Z', 'open', '2026-05-05T23:00Z'],
  // Freezes.
  ['a freeze of minutes: before', timed, '2026-05-05T12:10Z', 'open', '2026-05-05T12:20Z'],
  ['a freeze of minutes: in it', timed, '2026-05-05T12:20Z', 'closed', '2026-05-05T12:40Z'],
  ['before a freeze, which ends a window', frozen, '2026-12-19T23:00Z', 'open', '2026-12-20T00:00Z'],
  ['the first moment of a freeze', frozen, '2026-12-20T00:00Z', 'closed', '2027-01-04T00:00Z'],
  ['in the midst of a freeze', frozen, '2026-12-28T23:00Z', 'closed', '2027-01-04T00:00Z'],
  ['after a freeze, in the rest of a window', frozen, '2027-01-04T00:00Z', 'open', '2027-01-04T04:00Z'],
  ['a freeze alone: before', frozenOnly, '2026-12-23T12:00+01:00', 'open', '2026-12-24T00:00+01:00'],
  ['a freeze alone: in it', frozenOnly, '2026-12-25T12:00+01:00', 'closed', '2026-12-27T00:00+01:00'],
  ['a freeze alone: after', frozenOnly, '2026-12-27T00:00+01:00', 'open', null],
  ['freezes that touch', frozenTwice, '2026-06-05T10:30Z', 'closed', '2026-06-21T10:00Z'],
  ['a frozen day cuts the night before', frozenDay, '2026-03-14T23:00Z', 'open', '2026-03-15T00:00Z'],
  ['a frozen day cuts its own night', frozenDay, '2026-03-15T23:00Z', 'closed', '2026-03-16T00:00Z'],
  ['frozen for years', never, '2026-05-05T00:00Z', 'closed', null],
];

describe('windows', () => {
  it.each(CASES)('%s', (_, policy, at, is, until) => {
    const verdict = judgeWindow(policy, Date.parse(at), NOTHING_MORE, cronerCron);
    const untilMs = until === null ? null : Date.parse(until);
    expect(verdict).toEqual(
      is === 'open'
        ? { open: true, closesAtMs: untilMs }
        : { open: false, opensAtMs: untilMs, reason: expect.any(String) as string },
    );
  });
});

it('a wave may have windows of its own; freezes are the cluster’s', () => {
  const cluster = { policy: { window: frozen } };
  const own = windowOfWave(cluster, { windows: lunch.rules });
  const judge = (policy: WindowPolicy, at: string) =>
    judgeWindow(policy, Date.parse(at), NOTHING_MORE, cronerCron).open;
  expect([judge(own, '2026-12-01T12:30Z'), judge(own, '2026-12-01T23:00Z'), judge(own, '2026-12-24T12:30Z')]).toEqual([
    true,
    false,
    false,
  ]);
  expect(windowOfWave(cluster, {})).toBe(frozen);
  expect(judge(windowOfWave(cluster, { windows: [] }), '2026-12-01T18:00Z')).toBe(true);
});

describe('what takes its time', () => {
  const hour = 3_600_000;
  const judge = (policy: WindowPolicy, at: string, ms: number) =>
    judgeWindow(policy, Date.parse(at), { ms, words: `a node takes ${ms / 60_000} min` }, cronerCron);

  it('begins when it just fits', () => {
    expect(judge(lunch, '2026-05-05T12:00Z', hour)).toMatchObject({ open: true });
    expect(judge(lunch, '2026-05-05T12:00:00.001Z', hour)).toEqual({
      open: false,
      opensAtMs: Date.parse('2026-05-06T12:00Z'),
      reason: 'the window closes Tue 2026-05-05 13:00 UTC, and a node takes 60 min; opens Wed 2026-05-06 12:00 UTC',
    });
  });

  it('fits into a night that is an hour long, not into one that is an hour short', () => {
    const six = judge(nightBerlin, '2026-03-28T22:00+01:00', 6 * hour);
    expect(six).toMatchObject({ open: false, opensAtMs: Date.parse('2026-03-29T22:00+02:00') });
    expect(judge(nightBerlin, '2026-10-24T22:00+02:00', 7 * hour)).toMatchObject({ open: true });
  });

  it('waits for a window that is long enough, or says that none is', () => {
    const windows = policyOf([
      window('12:00', '13:00', 'UTC'),
      window('20:00', '23:00', 'UTC', { days: ['sun'], weeks: ['last'] }),
    ]);
    const long = judge(windows, '2026-05-05T12:00Z', 2 * hour);
    expect(long).toMatchObject({ open: false, opensAtMs: Date.parse('2026-05-31T20:00Z') });
    expect(judge(lunch, '2026-05-05T12:00Z', 2 * hour)).toEqual({
      open: false,
      opensAtMs: null,
      reason:
        'the window closes Tue 2026-05-05 13:00 UTC, and a node takes 120 min; no window that is long enough is to come',
    });
  });

  it('says why it waits', () => {
    const reason = (policy: WindowPolicy, at: string) => {
      const verdict = judge(policy, at, 0);
      return verdict.open ? '' : verdict.reason;
    };
    expect(reason(night, '2026-05-02T01:00+02:00')).toBe(
      'outside the window; opens Sat 2026-05-02 22:00 Europe/Berlin',
    );
    expect(reason(frozen, '2026-12-28T23:00Z')).toBe('frozen: year end; opens Mon 2027-01-04 00:00 UTC');
    expect(reason(frozenTwice, '2026-06-05T10:30Z')).toBe('frozen; opens Sun 2026-06-21 10:00 UTC');
  });
});
