import type { z } from 'zod';
import { dayOfDate } from '../../domain/time/day.ts';
import type { Freeze, WindowRule } from '../../domain/window/window.ts';
import type { freezeSchema, windowSchema } from '../schema/window.ts';

const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** What the file says of one window. */
export type WindowFile = z.output<typeof windowSchema>;
/** What the file says of one freeze. */
export type FreezeFile = z.output<typeof freezeSchema>;

/** Reads a calendar: what its events freeze. `file` as written, `zone`: for what names none. */
export type ReadCalendar = (file: string, zone: string, why: string) => readonly Freeze[];

/** A window in our units. */
export function compileWindow(file: WindowFile): WindowRule {
  const { days = ['mon-sun'], weeks = [], from = '00:00', to = '24:00', cron, for: length, timeZone } = file;
  if (cron !== undefined) return { kind: 'cron', expression: cron, zone: timeZone, forMs: length?.ms ?? 0 };
  return {
    kind: 'clock',
    days: [...new Set(days.flatMap(weekdaysOf))].sort((a, b) => a - b),
    weeks: weeks.map(week => (week === 'last' ? -1 : week)),
    fromMinute: minuteOf(from),
    toMinute: minuteOf(to),
    zone: timeZone,
  };
}

/** Frozen days in our units; of a calendar: as many as there are. */
export function compileFreeze(file: FreezeFile, readCalendar: ReadCalendar): readonly Freeze[] {
  const { from = '', to = '', calendarFile, timeZone, why = '' } = file;
  if (calendarFile !== undefined) return readCalendar(calendarFile, timeZone, why);
  return [{ kind: 'days', fromDay: dayOfDate(from) ?? 0, toDay: dayOfDate(to) ?? 0, zone: timeZone, why }];
}

/** `fri-mon` goes over the end of the week. */
function weekdaysOf(written: string): number[] {
  const [first = '', last = first] = written.split('-');
  const [from, to] = [WEEKDAYS.indexOf(first), WEEKDAYS.indexOf(last)];
  const count = ((to - from + 7) % 7) + 1;
  return Array.from({ length: count }, (_, index) => (from + index) % 7);
}

/** `24:00` and `00:00` as an end are the same minute. */
function minuteOf(time: string): number {
  const [hours = '0', minutes = '0'] = time.split(':');
  return Number(hours) * 60 + Number(minutes);
}
