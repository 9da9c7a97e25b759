import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cronerCron } from '../../../shared/cron/croner.ts';
import { dayOfDate, isNth, weekdayOf } from '../../../shared/domain/time/day.ts';
import { openSpans } from '../../../shared/domain/window/spans.ts';
import type { ClockRule, CronRule, WindowRule } from '../../../shared/domain/window/window.ts';

const MINUTE_MS = 60_000;
const YEAR_MS = Date.UTC(2027, 0, 1) - Date.UTC(2026, 0, 1);
const FROM_MS = Date.UTC(2026, 0, 1);
/** Both hemispheres, and one that changes its clocks by half an hour. */
const ZONES = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe'] as const;

/** What a clock on the wall shows at each minute of the year: the local day, and minutes since its midnight. */
const clocks = new Map<string, { day: Int32Array; minute: Int16Array }>();

function clockOf(zone: string) {
  const known = clocks.get(zone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' });
  const size = YEAR_MS / MINUTE_MS;
  const clock = { day: new Int32Array(size), minute: new Int16Array(size) };
  const days = new Map<string, number>();
  for (let index = 0; index < size; index += 1) {
    const shown = format.format(FROM_MS + index * MINUTE_MS);
    const date = shown.slice(0, 10);
    const day = days.get(date) ?? dayOfDate(date) ?? Number.NaN;
    days.set(date, day);
    clock.day[index] = day;
    clock.minute[index] = Number(shown.slice(11, 13)) * 60 + Number(shown.slice(14, 16));
  }
  clocks.set(zone, clock);
  return clock;
}

/** The rule as people say it, asked of one moment. */
function isShown(rule: ClockRule, day: number, minute: number): boolean {
  const begins = (of: number) =>
    rule.days.includes(weekdayOf(of)) && (rule.weeks.length === 0 || rule.weeks.some(nth => isNth(of, nth)));
  const { fromMinute, toMinute } = rule;
  if (toMinute > fromMinute) return minute >= fromMinute && minute < toMinute && begins(day);
  return (minute >= fromMinute && begins(day)) || (minute < toMinute && begins(day - 1));
}

/** A cron rule in the fields it is made of. */
interface Daily {
  readonly minute: number;
  readonly hours: readonly number[];
  readonly weekday: number;
  /** 0: every week. */
  readonly nth: number;
  readonly forMinutes: number;
  readonly zone: string;
}

function cronOf({ minute, hours, weekday, nth, forMinutes, zone }: Daily): CronRule {
  const day = weekday === 7 ? '*' : nth === 0 ? `${weekday}` : `${weekday}#${nth}`;
  return {
    kind: 'cron',
    expression: `${minute} ${hours.join(',')} * * ${day}`,
    zone,
    forMs: forMinutes * MINUTE_MS,
  };
}

/** By the clock on the wall: each time of a day comes once, one that is skipped right after the change. */
function minutesOf({ minute, hours, weekday, nth, forMinutes, zone }: Daily): Uint8Array {
  const clock = clockOf(zone);
  const open = new Uint8Array(clock.day.length);
  for (const hour of hours) {
    let last = Number.NaN;
    for (let index = 0; index < open.length; index += 1) {
      const day = clock.day[index] ?? 0;
      if (day === last || (clock.minute[index] ?? 0) < hour * 60 + minute) continue;
      // The year of the zone does not begin with that of UTC: its first day may have begun before.
      const isBegun = index === 0 && (clock.minute[index] ?? 0) > hour * 60 + minute;
      last = day;
      if (isBegun || (weekday !== 7 && (weekdayOf(day) !== weekday || (nth > 0 && !isNth(day, nth))))) continue;
      open.fill(1, index, Math.min(open.length, index + forMinutes));
    }
  }
  return open;
}

const dailyArbitrary: fc.Arbitrary<Daily> = fc.record({
  minute: fc.integer({ min: 0, max: 59 }),
  hours: fc.uniqueArray(fc.oneof(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 1, max: 3 })), {
    minLength: 1,
    maxLength: 3,
  }),
  weekday: fc.integer({ min: 0, max: 7 }),
  nth: fc.integer({ min: 0, max: 5 }),
  forMinutes: fc.integer({ min: 1, max: 2000 }),
  zone: fc.constantFrom(...ZONES),
});

const ruleArbitrary: fc.Arbitrary<ClockRule> = fc.record({
  kind: fc.constant('clock'),
  days: fc.subarray([0, 1, 2, 3, 4, 5, 6], { minLength: 1 }),
  weeks: fc.subarray([1, 2, 3, 4, 5, -1]),
  // The times at which clocks are changed come often.
  fromMinute: fc.oneof(fc.integer({ min: 0, max: 1439 }), fc.integer({ min: 90, max: 210 })),
  toMinute: fc.oneof(fc.integer({ min: 1, max: 1440 }), fc.integer({ min: 90, max: 210 })),
  zone: fc.constantFrom(...ZONES),
});

it('windows are open at exactly those minutes of a year at which a clock on the wall says so', () => {
  const some = fc.array(ruleArbitrary, { maxLength: 3 });
  const check = fc.property(some, fc.array(dailyArbitrary, { minLength: 1, maxLength: 2 }), (clockRules, dailies) => {
    const rules: WindowRule[] = [...clockRules, ...dailies.map(cronOf)];
    const byCron = dailies.map(minutesOf);
    const spans = openSpans({ rules, freezes: [] }, { fromMs: FROM_MS, toMs: FROM_MS + YEAR_MS }, cronerCron);
    let at = 0;
    const parts = clockRules.map(rule => ({ rule, clock: clockOf(rule.zone) }));
    for (let index = 0; index < YEAR_MS / MINUTE_MS; index += 1) {
      const ms = FROM_MS + index * MINUTE_MS;
      while ((spans[at]?.toMs ?? Number.POSITIVE_INFINITY) <= ms) at += 1;
      const open = (spans[at]?.fromMs ?? Number.POSITIVE_INFINITY) <= ms;
      const shown =
        byCron.some(open => open[index] === 1) ||
        parts.some(({ rule, clock }) => isShown(rule, clock.day[index] ?? 0, clock.minute[index] ?? 0));
      // Until then something may be open that cron began in the year before.
      if (index < 3000) continue;
      if (open !== shown) expect.fail(`${new Date(ms).toISOString()}: ${open}, the clock says ${shown}`);
    }
  });
  fc.assert(check, { numRuns: 10 });
}, 120_000);
