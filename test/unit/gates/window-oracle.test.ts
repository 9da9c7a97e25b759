import fc from 'fast-check';
import { expect, it } from 'vitest';
import { dayOfDate, isNth, weekdayOf } from '../../../shared/domain/time/day.ts';
import { openSpans } from '../../../shared/domain/window/spans.ts';
import type { WindowRule } from '../../../shared/domain/window/window.ts';

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
function isShown(rule: WindowRule, day: number, minute: number): boolean {
  const begins = (of: number) =>
    rule.days.includes(weekdayOf(of)) && (rule.weeks.length === 0 || rule.weeks.some(nth => isNth(of, nth)));
  const { fromMinute, toMinute } = rule;
  if (toMinute > fromMinute) return minute >= fromMinute && minute < toMinute && begins(day);
  return (minute >= fromMinute && begins(day)) || (minute < toMinute && begins(day - 1));
}

const ruleArbitrary: fc.Arbitrary<WindowRule> = fc.record({
  days: fc.subarray([0, 1, 2, 3, 4, 5, 6], { minLength: 1 }),
  weeks: fc.subarray([1, 2, 3, 4, 5, -1]),
  // The times at which clocks are changed come often.
  fromMinute: fc.oneof(fc.integer({ min: 0, max: 1439 }), fc.integer({ min: 90, max: 210 })),
  toMinute: fc.oneof(fc.integer({ min: 1, max: 1440 }), fc.integer({ min: 90, max: 210 })),
  zone: fc.constantFrom(...ZONES),
});

it('windows are open at exactly those minutes of a year at which a clock on the wall says so', () => {
  const check = fc.property(fc.array(ruleArbitrary, { minLength: 1, maxLength: 3 }), rules => {
    const policy = { rules, freezes: [], nodeTakesMs: 0 };
    const spans = openSpans(policy, { fromMs: FROM_MS, toMs: FROM_MS + YEAR_MS });
    let at = 0;
    const parts = rules.map(rule => ({ rule, clock: clockOf(rule.zone) }));
    for (let index = 0; index < YEAR_MS / MINUTE_MS; index += 1) {
      const ms = FROM_MS + index * MINUTE_MS;
      while ((spans[at]?.toMs ?? Number.POSITIVE_INFINITY) <= ms) at += 1;
      const open = (spans[at]?.fromMs ?? Number.POSITIVE_INFINITY) <= ms;
      const shown = parts.some(({ rule, clock }) => isShown(rule, clock.day[index] ?? 0, clock.minute[index] ?? 0));
      if (open !== shown) expect.fail(`${new Date(ms).toISOString()}: ${open}, the clock says ${shown}`);
    }
  });
  fc.assert(check, { numRuns: 12 });
}, 120_000);
