import ICAL from 'ical.js';
import { DAY_MS, dayOfDate } from '../../domain/time/day.ts';
import type { Span } from '../../domain/time/span.ts';
import { instantOf, isZone } from '../../domain/time/zone.ts';

/** An occurrence of an event; `days` when it takes whole days. */
export interface Occurrence extends Span {
  readonly days: { readonly fromDay: number; readonly toDay: number } | null;
}

/** A point in time of an event: what the clocks show, and whose. */
interface Point {
  readonly time: ICAL.Time;
  /** Name of the zone; null: UTC. */
  readonly zone: string | null;
}

/** The times of one calendar as instants. A zone the machine knows counts as it knows it, any other as the calendar defines it. */
export class CalendarTimes {
  readonly #zone: string;
  readonly #defined = new Map<string, ICAL.Timezone>();

  /** `zone`: of whole days, and of times that name none. */
  constructor(calendar: ICAL.Component, zone: string) {
    this.#zone = zone;
    for (const component of calendar.getAllSubcomponents('vtimezone')) {
      const tzid = String(component.getFirstPropertyValue('tzid'));
      this.#defined.set(tzid, new ICAL.Timezone({ component, tzid }));
    }
  }

  /** One occurrence of an event, that of `start` or the first. null: it takes no time. Throws what is wrong with it. */
  spanOf(event: ICAL.Component, start?: ICAL.Time): Occurrence | null {
    const first = this.#point(event, 'dtstart');
    if (!first) throw new Error(`an event (${nameOf(event)}) has no beginning (DTSTART)`);
    const localMs = localOf(start ?? first.time);
    const lengthMs = this.#lengthMs(event, first);
    if (first.time.isDate) {
      const fromDay = localMs / DAY_MS;
      const toDay = fromDay + Math.max(1, Math.round(lengthMs.local / DAY_MS)) - 1;
      const [fromMs, toMs] = [instantOf(this.#zone, localMs), instantOf(this.#zone, (toDay + 1) * DAY_MS)];
      return { fromMs, toMs, days: { fromDay, toDay } };
    }
    const fromMs = this.#instant(localMs, first.zone);
    // As people mean it: the clocks show the same end each time, however they were changed meanwhile.
    const toMs = lengthMs.sameClock ? this.#instant(localMs + lengthMs.local, first.zone) : fromMs + lengthMs.local;
    return toMs > fromMs ? { fromMs, toMs, days: null } : null;
  }

  /** When an occurrence begins, ms since the epoch. */
  startMs(event: ICAL.Component, start: ICAL.Time): number {
    const first = this.#point(event, 'dtstart');
    return this.#instant(localOf(start), first?.time.isDate ? this.#zone : (first?.zone ?? null));
  }

  /** Beginnings of occurrences that a property names: those that EXDATE leaves out, the one that RECURRENCE-ID changes. */
  named(event: ICAL.Component, name: 'exdate' | 'recurrence-id'): Set<number> {
    const properties = event.getAllProperties(name);
    return new Set(
      properties.flatMap(property =>
        (property.getValues() as ICAL.Time[]).map(time => this.#instant(localOf(time), this.#zoneOf(property, time))),
      ),
    );
  }

  /** How long it takes: by the clocks, if beginning and end are shown by the same ones. */
  #lengthMs(event: ICAL.Component, first: Point): { local: number; sameClock: boolean } {
    const end = this.#point(event, 'dtend');
    if (end && (end.zone === first.zone || first.time.isDate)) {
      return { local: localOf(end.time) - localOf(first.time), sameClock: true };
    }
    if (end) {
      const local = this.#instant(localOf(end.time), end.zone) - this.#instant(localOf(first.time), first.zone);
      return { local, sameClock: false };
    }
    const duration = event.getFirstPropertyValue('duration');
    const seconds = duration instanceof ICAL.Duration ? duration.toSeconds() : 0;
    return { local: seconds * 1000, sameClock: false };
  }

  #point(event: ICAL.Component, name: 'dtstart' | 'dtend'): Point | null {
    const property = event.getFirstProperty(name);
    if (!property) return null;
    const time = property.getFirstValue();
    // What the reader takes for a time may be of a 13th month.
    const written = String((property.jCal as unknown[])[3]);
    if (!(time instanceof ICAL.Time) || dayOfDate(written.slice(0, 10)) === null) {
      throw new Error(`an event (${nameOf(event)}) has a ${name.toUpperCase()} that is no time: ${written}`);
    }
    return { time, zone: this.#zoneOf(property, time) };
  }

  #zoneOf(property: ICAL.Property, time: ICAL.Time): string | null {
    if (time.isDate) return this.#zone;
    if (time.zone === ICAL.Timezone.utcTimezone) return null;
    const tzid = property.getFirstParameter('tzid') as string | undefined;
    return tzid ?? this.#zone;
  }

  #instant(localMs: number, zone: string | null): number {
    if (zone === null) return localMs;
    if (isZone(zone)) return instantOf(zone, localMs);
    const defined = this.#defined.get(zone);
    if (!defined) throw new Error(`its time zone ${zone} is not known, and the calendar does not define it`);
    const time = ICAL.Time.fromJSDate(new Date(localMs), true);
    return localMs - defined.utcOffset(time) * 1000;
  }
}

/** What the clocks show, as if it were UTC. */
function localOf(time: ICAL.Time): number {
  return Date.UTC(time.year, time.month - 1, time.day, time.hour, time.minute, time.second);
}

function nameOf(event: ICAL.Component): string {
  return String(event.getFirstPropertyValue('summary') ?? event.getFirstPropertyValue('uid') ?? 'without a name');
}
