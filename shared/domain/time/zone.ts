import { DAY_MS } from './day.ts';
import type { Span } from './span.ts';

/** A stretch of time in which a zone's clocks differ from UTC by the same amount: local = UTC + `offsetMs`. */
export interface Stretch extends Span {
  readonly offsetMs: number;
}

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** No zone changes its clocks twice within it. */
const LOOK_MS = 12 * HOUR_MS;

const formats = new Map<string, Intl.DateTimeFormat>();

/** Whether `zone` is the name of a time zone, such as `Europe/Berlin` or `UTC`. */
export function isZone(zone: string): boolean {
  try {
    return formatOf(zone) !== undefined;
  } catch {
    return false;
  }
}

/** By how much the clocks of `zone` are ahead of UTC at an instant, whole minutes. RangeError: there is no such zone. */
export function offsetAt(zone: string, atMs: number): number {
  const parts = formatOf(zone).formatToParts(atMs);
  const name = parts.find(part => part.type === 'timeZoneName')?.value ?? '';
  const [, sign, hours = '0', minutes = '0'] = /GMT(?:([+-])(\d{2}):(\d{2}))?/.exec(name) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * HOUR_MS + Number(minutes) * MINUTE_MS);
}

/**
 * The instant at which the clocks of `zone` show `localMs`. A time that is shown twice: the first; one that is skipped: as
 * if the clocks had not been changed (RFC 5545, 3.3.5).
 */
export function instantOf(zone: string, localMs: number): number {
  const before = offsetAt(zone, localMs - DAY_MS);
  const after = offsetAt(zone, localMs + DAY_MS);
  const shown = [before, after].map(offset => localMs - offset).filter(ms => ms + offsetAt(zone, ms) === localMs);
  return shown.length > 0 ? Math.min(...shown) : localMs - before;
}

/** The stretches of `span`, in order; clocks change to the minute. */
export function stretchesOf(zone: string, span: Span): Stretch[] {
  const stretches: Stretch[] = [];
  let { fromMs } = span;
  let offsetMs = offsetAt(zone, fromMs);
  for (let atMs = fromMs; atMs < span.toMs; ) {
    const nextMs = Math.min(atMs + LOOK_MS, span.toMs);
    const next = offsetAt(zone, nextMs);
    if (next !== offsetMs) {
      const changeMs = changeBetween(zone, atMs, nextMs, offsetMs);
      stretches.push({ fromMs, toMs: changeMs, offsetMs });
      fromMs = changeMs;
      offsetMs = next;
    }
    atMs = nextMs;
  }
  if (fromMs < span.toMs) stretches.push({ fromMs, toMs: span.toMs, offsetMs });
  return stretches;
}

/** The first minute whose offset is not `offsetMs`. */
function changeBetween(zone: string, beforeMs: number, afterMs: number, offsetMs: number): number {
  let low = Math.floor(beforeMs / MINUTE_MS);
  let high = Math.ceil(afterMs / MINUTE_MS);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(zone, middle * MINUTE_MS) === offsetMs) low = middle;
    else high = middle;
  }
  return high * MINUTE_MS;
}

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
    formats.set(zone, format);
  }
  return format;
}
