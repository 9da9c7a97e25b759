import type { z } from 'zod';
import { dayOfDate } from '../../domain/time/day.ts';
import type { Freeze, WindowRule } from '../../domain/window/window.ts';
import type { freezeSchema, windowSchema } from '../schema/window.ts';

const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** A window in our units. */
export function compileWindow(file: z.output<typeof windowSchema>): WindowRule {
  const { days = ['mon-sun'], weeks = [], from, to, timeZone } = file;
  return {
    days: [...new Set(days.flatMap(weekdaysOf))].sort((a, b) => a - b),
    weeks: weeks.map(week => (week === 'last' ? -1 : week)),
    fromMinute: minuteOf(from),
    toMinute: minuteOf(to),
    zone: timeZone,
  };
}

/** Frozen days in our units. */
export function compileFreeze({ from, to, timeZone, why = '' }: z.output<typeof freezeSchema>): Freeze {
  return { fromDay: dayOfDate(from) ?? 0, toDay: dayOfDate(to) ?? 0, zone: timeZone, why };
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
