import { DAY_MS, isNth, weekdayOf } from '../time/day.ts';
import { common, type Span, union, without } from '../time/span.ts';
import { stretchesOf } from '../time/zone.ts';
import type { Freeze, WindowPolicy, WindowRule } from './window.ts';

const MINUTE_MS = 60_000;

/** When the windows are open within `span`, in order; freezes are taken out. */
export function openSpans(policy: WindowPolicy, span: Span): Span[] {
  const open = policy.rules.length === 0 ? [span] : policy.rules.flatMap(rule => spansOfRule(rule, span));
  const frozen = policy.freezes.flatMap(freeze => spansOfFreeze(freeze, span));
  return without(union(open), frozen);
}

/** The freeze that holds at an instant; undefined: none. */
export function freezeAt(policy: WindowPolicy, atMs: number): Freeze | undefined {
  return policy.freezes.find(freeze => spansOfFreeze(freeze, { fromMs: atMs, toMs: atMs + 1 }).length > 0);
}

function spansOfRule(rule: WindowRule, span: Span): Span[] {
  const { fromMinute, toMinute, zone } = rule;
  const lengthMs = (toMinute > fromMinute ? toMinute - fromMinute : toMinute + 1440 - fromMinute) * MINUTE_MS;
  return localSpans(zone, span, (firstDay, lastDay) => {
    const found: Span[] = [];
    for (let day = firstDay - 1; day <= lastDay; day += 1) {
      if (!isDay(rule, day)) continue;
      const fromMs = day * DAY_MS + fromMinute * MINUTE_MS;
      found.push({ fromMs, toMs: fromMs + lengthMs });
    }
    return found;
  });
}

function isDay({ days, weeks }: WindowRule, day: number): boolean {
  return days.includes(weekdayOf(day)) && (weeks.length === 0 || weeks.some(nth => isNth(day, nth)));
}

function spansOfFreeze({ fromDay, toDay, zone }: Freeze, span: Span): Span[] {
  return localSpans(zone, span, () => [{ fromMs: fromDay * DAY_MS, toMs: (toDay + 1) * DAY_MS }]);
}

/** Spans of local time as spans of real time: within a stretch the clock on the wall runs as time does. */
function localSpans(zone: string, span: Span, localOf: (firstDay: number, lastDay: number) => Span[]): Span[] {
  return stretchesOf(zone, span).flatMap(stretch => {
    const { offsetMs } = stretch;
    const [firstDay, lastDay] = [stretch.fromMs, stretch.toMs].map(ms => Math.floor((ms + offsetMs) / DAY_MS));
    return localOf(firstDay ?? 0, lastDay ?? 0)
      .map(local => common(stretch, { fromMs: local.fromMs - offsetMs, toMs: local.toMs - offsetMs }))
      .filter(({ fromMs, toMs }) => fromMs < toMs);
  });
}
