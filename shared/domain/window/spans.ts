import { DAY_MS, isNth, weekdayOf } from '../time/day.ts';
import { common, type Span, union, without } from '../time/span.ts';
import { stretchesOf } from '../time/zone.ts';
import type { ClockRule, CronMoments, CronRule, Freeze, WindowPolicy } from './window.ts';

const MINUTE_MS = 60_000;

/** When the windows are open within `span`, in order; freezes are taken out. */
export function openSpans(policy: Pick<WindowPolicy, 'rules' | 'freezes'>, span: Span, cron: CronMoments): Span[] {
  const spansOf = (rule: ClockRule | CronRule) =>
    rule.kind === 'clock' ? clockSpans(rule, span) : cronSpans(rule, span, cron);
  const open = policy.rules.length === 0 ? [span] : policy.rules.flatMap(spansOf);
  const frozen = policy.freezes.flatMap(freeze => spansOfFreeze(freeze, span));
  return without(union(open), frozen);
}

/** The freeze that holds at an instant; undefined: none. */
export function freezeAt(policy: Pick<WindowPolicy, 'freezes'>, atMs: number): Freeze | undefined {
  return policy.freezes.find(freeze => spansOfFreeze(freeze, { fromMs: atMs, toMs: atMs + 1 }).length > 0);
}

function clockSpans(rule: ClockRule, span: Span): Span[] {
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

function isDay({ days, weeks }: ClockRule, day: number): boolean {
  return days.includes(weekdayOf(day)) && (weeks.length === 0 || weeks.some(nth => isNth(day, nth)));
}

/** Moments within an open stretch only make it longer: they are not asked for one by one. */
function cronSpans({ expression, zone, forMs }: CronRule, span: Span, cron: CronMoments): Span[] {
  const found: Span[] = [];
  let fromMs = cron.next(expression, zone, span.fromMs - forMs);
  while (fromMs !== null && fromMs < span.toMs) {
    let toMs = fromMs + forMs;
    while (toMs < span.toMs) {
      const later = cron.previous(expression, zone, toMs) ?? fromMs;
      if (later + forMs <= toMs) break;
      toMs = later + forMs;
    }
    found.push(common(span, { fromMs, toMs }));
    fromMs = cron.next(expression, zone, toMs);
  }
  return found;
}

function spansOfFreeze(freeze: Freeze, span: Span): Span[] {
  if (freeze.kind === 'span') {
    const held = common(freeze, span);
    return held.fromMs < held.toMs ? [held] : [];
  }
  const { fromDay, toDay, zone } = freeze;
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
