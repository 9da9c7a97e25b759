import { z } from 'zod';
import { dayOfDate } from '../../domain/time/day.ts';
import { isZone } from '../../domain/time/zone.ts';
import { option, required, section } from '../option.ts';
import { anyText, path, positiveDuration, text } from '../values.ts';

const ZONE = 'the name of a time zone, such as Europe/Berlin or UTC';
const zone = text(ZONE).refine(isZone, { error: ZONE });

const TIME = 'a time of day such as "22:00", in quotes';
const time = text(TIME, /^(?:[01]\d|2[0-3]):[0-5]\d$/);
const END = 'a time of day such as "04:00" or "24:00", in quotes';
const end = text(END, /^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/);

const CRON = 'a cron expression of five fields such as "0 22 * * 6#2"';

const DATE = 'a date such as 2026-12-24';
const date = text(DATE, /^\d{4}-\d{2}-\d{2}$/).refine(written => dayOfDate(written) !== null, { error: DATE });

const WEEKDAY = '(?:mon|tue|wed|thu|fri|sat|sun)';
const days = text('a weekday such as sat, or several such as mon-fri', new RegExp(`^${WEEKDAY}(?:-${WEEKDAY})?$`));

const WEEK = '1 to 5, or last';
const week = z.union([z.int({ error: WEEK }).min(1, { error: WEEK }).max(5, { error: WEEK }), z.literal('last')], {
  error: WEEK,
});

export const windowTable = {
  days: option(z.array(days).min(1, { error: 'at least one weekday' }), 'Weekdays on which it begins.', {
    default: ['mon-sun'],
  }),
  weeks: option(
    z.array(week).min(1, { error: 'at least one of 1 to 5 and last' }),
    'Only the first, second, … or last such weekday of a month.',
    { otherwise: 'every week' },
  ),
  from: option(time, 'When it begins, as a clock on the wall shows it.', { otherwise: 'said by cron' }),
  to: option(end, 'When it ends; not after from: on the next day.', { otherwise: 'said by for' }),
  cron: option(
    text(CRON),
    'In the place of days, weeks, from and to: when it begins, as a cron expression of five fields (minute, hour, day of month, month, weekday), with # for the n-th weekday and L for the last day.',
    { otherwise: 'said by from' },
  ),
  for: option(positiveDuration, 'How long a window lasts that cron begins.', { otherwise: 'said by to' }),
  timeZone: required(zone, 'Whose clocks.'),
};

/** One of `policy.windows`. */
export const windowSchema = section(
  'Window',
  'A time of the week in which work may begin on nodes, and in which they may be rebooted.',
  windowTable,
);

export const freezeTable = {
  from: option(date, 'The first day.', { otherwise: 'said by calendarFile' }),
  to: option(date, 'The last day; it is frozen as a whole.', { otherwise: 'said by calendarFile' }),
  calendarFile: option(
    path,
    'In the place of from and to: an iCalendar file. All its events freeze, those of the 400 days after the plan is made.',
    { otherwise: 'none' },
  ),
  timeZone: required(zone, 'Whose days; of a calendar: of its whole days, and of its times that name no zone.'),
  why: option(
    anyText,
    'What for; shown where something waits for its end. Of a calendar: for events without a summary.',
    { default: '' },
  ),
};

/** One of `policy.freezes`. */
export const freezeSchema = section(
  'Freeze',
  'Days, or events of a calendar, in which nothing begins, whatever the windows say.',
  freezeTable,
);
