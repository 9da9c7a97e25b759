import type { ClusterEstimate, Estimate, Left } from '../estimate/estimate.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** What is shorter is not told in minutes. */
const LEAST_MS = MINUTE_MS / 2;

/** When it is told. `timeZone` missing: the local one. */
export interface When {
  readonly nowMs: number;
  readonly timeZone?: string;
}

/** One line for a rollout under way: what is left, until when, and which cluster the windows hold up. */
export function leftText(made: Estimate, when: When): string {
  const held = made.clusters.find(({ heldUp }) => heldUp !== null && heldUp === made.heldUp);
  const closing = made.clusters.filter(({ closesAtMs, heldUp }) => closesAtMs !== null && heldUp === null);
  const [soonest] = closing.sort((a, b) => (a.closesAtMs ?? 0) - (b.closesAtMs ?? 0));
  const of = held ?? soonest;
  const where = made.clusters.length > 1 && of ? `${of.name}: ` : '';
  const window = of ? windowText(of, when) : '';
  const text = `${about(made.leftMs)} left${endText(made, when)}`;
  return [text, ...(window === '' ? [] : [`${where}${window}`]), basisNote(made)].filter(Boolean).join('; ');
}

/** `about 2 h 10 min`; `under 1 min`. */
export function about(ms: number): string {
  return `${ms < LEAST_MS ? '' : 'about '}${leftSpan(ms)}`;
}

/** `, until 03:40`; empty: not known. */
export function endText({ endsAtMs }: Left, when: When): string {
  return endsAtMs === null ? '' : `, until ${moment(endsAtMs, when)}`;
}

/** What windows have to do with it; empty: nothing. */
export function windowText({ heldUp, closesAtMs }: Pick<ClusterEstimate, 'heldUp' | 'closesAtMs'>, when: When): string {
  if (heldUp === null) return closesAtMs === null ? '' : `the window closes ${moment(closesAtMs, when)}`;
  if (heldUp.toMs === null) return 'no window that is long enough is to come';
  const opens = moment(heldUp.toMs, when);
  if (heldUp.fromMs <= when.nowMs) return `the window opens ${opens}`;
  return `does not fit: goes on in the next window, ${opens}`;
}

function basisNote({ guessed, guessMs }: Estimate): string {
  if (guessed === 0) return '';
  return guessMs === null ? 'no history yet' : `no history yet: with ${leftSpan(guessMs)} a node`;
}

/** A time span rounded as people would, `2 h 10 min`: nobody knows it to the second. */
export function leftSpan(ms: number): string {
  if (ms < LEAST_MS) return 'under 1 min';
  const step = ms < HOUR_MS ? MINUTE_MS : ms < DAY_MS ? 5 * MINUTE_MS : HOUR_MS;
  const round = Math.max(MINUTE_MS, Math.round(ms / step) * step);
  const [days, hours, minutes] = [round / DAY_MS, (round % DAY_MS) / HOUR_MS, (round % HOUR_MS) / MINUTE_MS];
  const units = [
    [Math.floor(days), 'd'],
    [Math.floor(hours), 'h'],
    [Math.floor(minutes), 'min'],
  ] as const;
  return units
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
}

/** `03:40` today, `Sat 22:00` within a week, `Sat 2026-12-05 22:00` else. */
export function moment(ms: number, { nowMs, timeZone }: When): string {
  const zone = timeZone === undefined ? {} : { timeZone };
  const format = (at: number, options: Intl.DateTimeFormatOptions, locale = 'sv-SE') =>
    new Intl.DateTimeFormat(locale, { ...options, ...zone }).format(at);
  const date = (at: number) => format(at, { dateStyle: 'short' });
  const time = format(ms, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  if (date(ms) === date(nowMs)) return time;
  const weekday = format(ms, { weekday: 'short' }, 'en-GB');
  return Math.abs(ms - nowMs) < 6 * DAY_MS ? `${weekday} ${time}` : `${weekday} ${date(ms)} ${time}`;
}
