import ICAL from 'ical.js';
import { DAY_MS } from '../../domain/time/day.ts';
import type { Span } from '../../domain/time/span.ts';
import type { Freeze } from '../../domain/window/window.ts';
import { CalendarTimes } from './times.ts';

/** How the events of a calendar are read. */
export interface EventOptions {
  /** Of whole days, and of times that name none. */
  readonly zone: string;
  /** For events without a summary. */
  readonly why: string;
  /** Events that lie outside are left out. */
  readonly span: Span;
}

/** A day that recurs since 1970 comes less often than that. */
const MOST_LOOKS = 25_000;
const MOST_FOUND = 5_000;

/**
 * What the events (VEVENT) of an iCalendar text freeze: all but those that are cancelled, one by one. Throws what is wrong
 * with it, in a line.
 */
export function eventsOf(text: string, options: EventOptions): Freeze[] {
  const found = calendarsOf(text).flatMap(calendar => {
    const times = new CalendarTimes(calendar, options.zone);
    const events = calendar.getAllSubcomponents('vevent');
    const changes = events.filter(event => event.hasProperty('recurrence-id'));
    const masters = events.filter(event => !event.hasProperty('recurrence-id'));
    const uids = new Set(masters.map(uidOf));
    const alone = changes.filter(event => !uids.has(uidOf(event)));
    return [...masters, ...alone].flatMap(event => {
      const own = changes.filter(change => change !== event && uidOf(change) === uidOf(event));
      return occurrencesOf(event, own, times, options);
    });
  });
  if (found.length > MOST_FOUND) throw new Error(`it holds more than ${MOST_FOUND} events in 400 days`);
  return found.sort((a, b) => startOf(a) - startOf(b));
}

function calendarsOf(text: string): ICAL.Component[] {
  if (text.trim() === '') throw new Error('it is empty');
  const parsed = ICAL.parse(text) as unknown[];
  const roots = typeof parsed[0] === 'string' ? [parsed] : (parsed as unknown[][]);
  const calendars = roots.filter(root => root[0] === 'vcalendar').map(root => new ICAL.Component(root as never));
  if (calendars.length === 0) throw new Error('it holds no calendar (BEGIN:VCALENDAR)');
  return calendars;
}

function occurrencesOf(
  component: ICAL.Component,
  changes: ICAL.Component[],
  times: CalendarTimes,
  { why, zone, span }: EventOptions,
): Freeze[] {
  if (isCancelled(component)) return [];
  const event = new ICAL.Event(component, { exceptions: changes.map(change => new ICAL.Event(change)) });
  const freeze = (of: ICAL.Component, start?: ICAL.Time): Freeze | null => {
    const held = times.spanOf(of, start);
    const isNear = held !== null && held.toMs > span.fromMs && held.fromMs < span.toMs;
    return isNear && !isCancelled(of) ? frozen(held, summaryOf(of) || why, zone) : null;
  };
  if (!event.isRecurring()) return [freeze(component)].filter(each => each !== null);
  // Which one a change is of is known by its instant: it may be told in another zone than the event.
  const changed = new Map(
    changes.flatMap(each => [...times.named(each, 'recurrence-id')].map(at => [at, each] as const)),
  );
  const left = times.named(component, 'exdate');
  const found: Freeze[] = [];
  const iterator = event.iterator();
  for (let looks = 0; ; looks += 1) {
    const start = iterator.next() as ICAL.Time | null;
    if (!start || times.startMs(component, start) >= span.toMs) return found;
    if (looks >= MOST_LOOKS) throw new Error(`the event "${summaryOf(component)}" recurs too often`);
    if (left.has(times.startMs(component, start))) continue;
    const change = changed.get(times.startMs(component, start));
    const held = change ? freeze(change) : later(event, start, freeze);
    if (held) found.push(held);
  }
}

/** An occurrence that no change is of alone; one of an earlier occurrence may hold for it as well (THISANDFUTURE). */
function later(
  event: ICAL.Event,
  start: ICAL.Time,
  freeze: (of: ICAL.Component, start: ICAL.Time) => Freeze | null,
): Freeze | null {
  // Its types name neither as it is.
  const details = event.getOccurrenceDetails(start) as unknown as { item: ICAL.Event; startDate: ICAL.Time };
  return freeze(details.item.component, details.startDate);
}

function frozen(held: NonNullable<ReturnType<CalendarTimes['spanOf']>>, why: string, zone: string): Freeze {
  const { fromMs, toMs } = held;
  if (held.days) return { kind: 'days', ...held.days, zone, why };
  return { kind: 'span', fromMs, toMs, zone, why };
}

function startOf(freeze: Freeze): number {
  return freeze.kind === 'span' ? freeze.fromMs : freeze.fromDay * DAY_MS;
}

function uidOf(component: ICAL.Component): string {
  return String(component.getFirstPropertyValue('uid'));
}

function summaryOf(component: ICAL.Component): string {
  const summary = component.getFirstPropertyValue('summary');
  return typeof summary === 'string' ? summary.replaceAll(/\s+/g, ' ').trim() : '';
}

function isCancelled(component: ICAL.Component): boolean {
  return String(component.getFirstPropertyValue('status')).toUpperCase() === 'CANCELLED';
}
