import { describe, expect, it } from 'vitest';
import { fleetClusters } from '../../../shared/domain/fleet.ts';
import type { Freeze } from '../../../shared/domain/window/window.ts';
import { load, surroundings } from '../../helpers/fleet-file.ts';

const BERLIN = 'Europe/Berlin';

const fleetOf = (freezes: string) => `fleet: acme
stages: [{name: one, clusters: [dev]}]
defaults:
  ssh: {user: ops}
clusters:
  dev:
    kubernetes: {kubeconfig: kubeconfig, context: dev}
    waves: [{sequences: [1]}]
    policy: {freezes: ${freezes}}
`;

const calendar = (...lines: string[]) => ['BEGIN:VCALENDAR', 'VERSION:2.0', ...lines, 'END:VCALENDAR', ''].join('\r\n');
let count = 0;
const event = (...lines: string[]) => ['BEGIN:VEVENT', `UID:${++count}`, ...lines, 'END:VEVENT'];

function loadWith(text: string | null, now = '2026-11-22T12:00:00Z') {
  const files: Record<string, string> = text === null ? {} : { '/fleet/freeze.ics': text };
  const around = { ...surroundings(files), nowMs: Date.parse(now) };
  return load(fleetOf(`[{calendarFile: freeze.ics, timeZone: ${BERLIN}, why: a freeze}]`), around);
}

/** What a calendar of these lines freezes, as people would say it. */
function frozenBy(lines: string[], now?: string): string[] {
  const { fleet, problems } = loadWith(calendar(...lines), now);
  expect(problems).toEqual([]);
  return (fleet ? (fleetClusters(fleet)[0]?.policy.window.freezes ?? []) : []).map(said);
}

function said(freeze: Freeze): string {
  const iso = (ms: number) => new Date(ms).toISOString();
  if (freeze.kind === 'span') return `${iso(freeze.fromMs)} ${iso(freeze.toMs)} ${freeze.why}`;
  const day = (of: number) => iso(of * 86_400_000).slice(0, 10);
  return `${day(freeze.fromDay)} ${day(freeze.toDay)} ${freeze.why}`;
}

const inBerlin = (name: string, time: string) => `${name};TZID=${BERLIN}:${time}`;

const CASES: readonly (readonly [string, string[], string[]])[] = [
  [
    'whole days: the end is the day after the last',
    event('DTSTART;VALUE=DATE:20261224', 'DTEND;VALUE=DATE:20261227', 'SUMMARY:Christmas'),
    ['2026-12-24 2026-12-26 Christmas'],
  ],
  ['one whole day', event('DTSTART;VALUE=DATE:20261224', 'SUMMARY:Eve'), ['2026-12-24 2026-12-24 Eve']],
  [
    'whole days by their duration',
    event('DTSTART;VALUE=DATE:20261224', 'DURATION:P2D', 'SUMMARY:Two'),
    ['2026-12-24 2026-12-25 Two'],
  ],
  [
    'a time in a zone that the calendar does not define',
    event(inBerlin('DTSTART', '20261201T180000'), inBerlin('DTEND', '20261201T200000'), 'SUMMARY:Sale'),
    ['2026-12-01T17:00:00.000Z 2026-12-01T19:00:00.000Z Sale'],
  ],
  [
    'a time in UTC, and a duration',
    event('DTSTART:20261201T180000Z', 'DURATION:PT90M', 'SUMMARY:Talk'),
    ['2026-12-01T18:00:00.000Z 2026-12-01T19:30:00.000Z Talk'],
  ],
  [
    'a time without a zone is one of the freeze',
    event('DTSTART:20261201T180000', 'DTEND:20261201T190000', 'SUMMARY:Local'),
    ['2026-12-01T17:00:00.000Z 2026-12-01T18:00:00.000Z Local'],
  ],
  [
    'beginning and end in two zones',
    event('DTSTART;TZID=America/New_York:20261201T120000', inBerlin('DTEND', '20261201T190000'), 'SUMMARY:Two zones'),
    ['2026-12-01T17:00:00.000Z 2026-12-01T18:00:00.000Z Two zones'],
  ],
  [
    'a zone of its own',
    [
      'BEGIN:VTIMEZONE',
      'TZID:Office',
      'BEGIN:STANDARD',
      'DTSTART:19700101T000000',
      'TZOFFSETFROM:+0500',
      'TZOFFSETTO:+0500',
      'END:STANDARD',
      'END:VTIMEZONE',
      ...event('DTSTART;TZID=Office:20261201T180000', 'DTEND;TZID=Office:20261201T190000', 'SUMMARY:Office'),
    ],
    ['2026-12-01T13:00:00.000Z 2026-12-01T14:00:00.000Z Office'],
  ],
  [
    'the same time by the clock each week, though clocks change',
    event(
      inBerlin('DTSTART', '20270320T220000'),
      inBerlin('DTEND', '20270321T040000'),
      'RRULE:FREQ=WEEKLY;COUNT=3',
      'SUMMARY:Night',
    ),
    [
      '2027-03-20T21:00:00.000Z 2027-03-21T03:00:00.000Z Night',
      '2027-03-27T21:00:00.000Z 2027-03-28T02:00:00.000Z Night',
      '2027-04-03T20:00:00.000Z 2027-04-04T02:00:00.000Z Night',
    ],
  ],
  [
    'clocks put back: the first of two, and a time that is skipped',
    [
      ...event(inBerlin('DTSTART', '20271031T023000'), inBerlin('DTEND', '20271031T033000'), 'SUMMARY:Twice'),
      ...event(inBerlin('DTSTART', '20270328T023000'), inBerlin('DTEND', '20270328T043000'), 'SUMMARY:Skipped'),
    ],
    [
      '2027-03-28T01:30:00.000Z 2027-03-28T02:30:00.000Z Skipped',
      '2027-10-31T00:30:00.000Z 2027-10-31T02:30:00.000Z Twice',
    ],
  ],
  [
    'the n-th weekday of months, without those left out, in whatever zone',
    event(
      inBerlin('DTSTART', '20260908T200000'),
      inBerlin('DTEND', '20260908T220000'),
      'RRULE:FREQ=MONTHLY;BYDAY=2TU;UNTIL=20270401T000000Z',
      'EXDATE:20261208T190000Z',
      `EXDATE;TZID=${BERLIN}:20270209T200000`,
      'SUMMARY:Patch day',
    ),
    [
      '2027-01-12T19:00:00.000Z 2027-01-12T21:00:00.000Z Patch day',
      '2027-03-09T19:00:00.000Z 2027-03-09T21:00:00.000Z Patch day',
    ],
  ],
  [
    'whole days each year, one left out',
    event('DTSTART;VALUE=DATE:20101224', 'DTEND;VALUE=DATE:20101226', 'RRULE:FREQ=YEARLY', 'SUMMARY:Xmas'),
    ['2026-12-24 2026-12-25 Xmas', '2027-12-24 2027-12-25 Xmas'],
  ],
  [
    'one occurrence moved, one cancelled',
    [
      'BEGIN:VEVENT',
      'UID:weekly',
      'DTSTART:20261130T100000Z',
      'DTEND:20261130T110000Z',
      'RRULE:FREQ=WEEKLY;COUNT=3',
      'SUMMARY:Weekly',
      'END:VEVENT',
      'BEGIN:VEVENT',
      'UID:weekly',
      'RECURRENCE-ID:20261207T100000Z',
      'DTSTART:20261208T150000Z',
      'DTEND:20261208T170000Z',
      'SUMMARY:Moved',
      'END:VEVENT',
      'BEGIN:VEVENT',
      'UID:weekly',
      'RECURRENCE-ID:20261214T100000Z',
      'DTSTART:20261214T100000Z',
      'DTEND:20261214T110000Z',
      'STATUS:CANCELLED',
      'END:VEVENT',
    ],
    [
      '2026-11-30T10:00:00.000Z 2026-11-30T11:00:00.000Z Weekly',
      '2026-12-08T15:00:00.000Z 2026-12-08T17:00:00.000Z Moved',
    ],
  ],
  [
    'an occurrence moved, named in another zone than that of the event',
    [
      ...['BEGIN:VEVENT', 'UID:zoned', inBerlin('DTSTART', '20261130T100000'), inBerlin('DTEND', '20261130T110000')],
      ...['RRULE:FREQ=WEEKLY;COUNT=2', 'SUMMARY:Weekly', 'END:VEVENT'],
      ...['BEGIN:VEVENT', 'UID:zoned', 'RECURRENCE-ID:20261207T090000Z', 'DTSTART:20261208T150000Z'],
      ...['DTEND:20261208T170000Z', 'SUMMARY:Moved', 'END:VEVENT'],
    ],
    [
      '2026-11-30T09:00:00.000Z 2026-11-30T10:00:00.000Z Weekly',
      '2026-12-08T15:00:00.000Z 2026-12-08T17:00:00.000Z Moved',
    ],
  ],
  [
    'one occurrence and all after it moved',
    [
      ...['BEGIN:VEVENT', 'UID:later', 'DTSTART:20261130T100000Z', 'DTEND:20261130T110000Z'],
      ...['RRULE:FREQ=WEEKLY;COUNT=3', 'SUMMARY:Weekly', 'END:VEVENT'],
      ...['BEGIN:VEVENT', 'UID:later', 'RECURRENCE-ID;RANGE=THISANDFUTURE:20261207T100000Z'],
      ...['DTSTART:20261208T150000Z', 'DTEND:20261208T170000Z', 'SUMMARY:Later', 'END:VEVENT'],
    ],
    [
      '2026-11-30T10:00:00.000Z 2026-11-30T11:00:00.000Z Weekly',
      '2026-12-08T15:00:00.000Z 2026-12-08T17:00:00.000Z Later',
      '2026-12-15T15:00:00.000Z 2026-12-15T17:00:00.000Z Later',
    ],
  ],
  [
    'a cancelled event, and one that takes no time',
    [
      ...event('DTSTART;VALUE=DATE:20261224', 'STATUS:CANCELLED', 'SUMMARY:Off'),
      ...event('DTSTART:20261224T100000Z', 'SUMMARY:Reminder'),
    ],
    [],
  ],
  [
    'a cancelled event that recurs, though one of its occurrences was moved before',
    [
      'BEGIN:VEVENT',
      'UID:off',
      'DTSTART:20261130T100000Z',
      'DTEND:20261130T110000Z',
      'RRULE:FREQ=WEEKLY;COUNT=3',
      'STATUS:CANCELLED',
      'END:VEVENT',
      'BEGIN:VEVENT',
      'UID:off',
      'RECURRENCE-ID:20261207T100000Z',
      'DTSTART:20261208T150000Z',
      'DTEND:20261208T170000Z',
      'SUMMARY:Moved',
      'END:VEVENT',
    ],
    [],
  ],
  ['an event without a summary', event('DTSTART;VALUE=DATE:20261224'), ['2026-12-24 2026-12-24 a freeze']],
  [
    'one under way, one that is over, one in two years',
    [
      ...event('DTSTART;VALUE=DATE:20261101', 'DTEND;VALUE=DATE:20261201', 'SUMMARY:Under way'),
      ...event('DTSTART;VALUE=DATE:20261101', 'DTEND;VALUE=DATE:20261103', 'SUMMARY:Over'),
      ...event('DTSTART;VALUE=DATE:20281101', 'SUMMARY:Far'),
    ],
    ['2026-11-01 2026-11-30 Under way'],
  ],
  ['a calendar without events', [], []],
];

describe('a calendar freezes', () => {
  it.each(CASES)('%s', (_name, lines, expected) => {
    expect(frozenBy(lines)).toEqual(expected);
  });

  it('no further than 400 days from now', () => {
    const daily = event('DTSTART;VALUE=DATE:20200101', 'RRULE:FREQ=DAILY', 'SUMMARY:Daily');
    const frozen = frozenBy(daily);
    expect([frozen.length, frozen[0], frozen.at(-1)]).toEqual([
      401,
      '2026-11-22 2026-11-22 Daily',
      '2027-12-27 2027-12-27 Daily',
    ]);
  });
});

const BAD: readonly (readonly [string, string | null, RegExp])[] = [
  ['that is not there', null, /^calendar \/fleet\/freeze\.ics is missing$/],
  ['that is empty', '', /it is empty$/],
  ['that is none', '<html>not found</html>', /cannot be used: invalid line/],
  ['that is cut off', 'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n', /component began but did not end/],
  ['of addresses', 'BEGIN:VCARD\r\nVERSION:4.0\r\nEND:VCARD\r\n', /it holds no calendar/],
  ['with an event that never begins', calendar(...event('SUMMARY:Lost')), /an event \(Lost\) has no beginning/],
  ['with a date that is none', calendar(...event('DTSTART:20261340T000000Z', 'SUMMARY:X')), /DTSTART that is no time/],
  [
    'with a zone that nobody knows',
    calendar(...event('DTSTART;TZID=Mars/Olympus:20261201T180000', 'DURATION:PT1H')),
    /time zone Mars\/Olympus is not known/,
  ],
  [
    'with an event each second',
    calendar(...event('DTSTART:20200101T000000Z', 'DURATION:PT1S', 'RRULE:FREQ=SECONDLY', 'SUMMARY:Tick')),
    /the event "Tick" recurs too often/,
  ],
  [
    'with a rule that is none',
    calendar(...event('DTSTART:20261201T180000Z', 'DURATION:PT1H', 'RRULE:FREQ=NEVER')),
    /cannot be used: .*NEVER/,
  ],
];

describe('a calendar file', () => {
  it.each(BAD)('%s is one problem, told in a line', (_name, text, expected) => {
    const { fleet, problems } = loadWith(text);
    expect(fleet).toBeNull();
    expect(problems).toMatchObject([
      { code: 'calendar-file', line: 9, path: 'clusters.dev.policy.freezes[0].calendarFile' },
    ]);
    expect(problems[0]?.message).toMatch(expected);
    expect(problems[0]?.message).not.toContain('\n');
  });
});
