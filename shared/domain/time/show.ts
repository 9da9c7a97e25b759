/** A duration for people: `0.4s`, `12s`, `1m12s`, `2h03m`, `3d04h`. Below zero counts as zero. */
export function duration(ms: number): string {
  if (ms < 0) return '0s';
  if (ms < 1000 && ms > 0) return `${(Math.max(100, ms) / 1000).toFixed(1)}s`.replace('1.0s', '1s');
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m${two(seconds % 60)}s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours}h${two(minutes % 60)}m`;
  return `${Math.floor(hours / 24)}d${two(hours % 24)}h`;
}

/** Time of day in the local zone (or the one given): `14:03:07`. */
export function clockTime(ms: number, timeZone?: string): string {
  return part(ms, { hour: '2-digit', minute: '2-digit', second: '2-digit' }, timeZone);
}

/** Date and time in the local zone (or the one given): `2026-03-01 14:03:07`. */
export function dateTime(ms: number, timeZone?: string): string {
  const date = part(ms, { year: 'numeric', month: '2-digit', day: '2-digit' }, timeZone);
  return `${date} ${clockTime(ms, timeZone)}`;
}

/** Making one takes a hundred times as long as using it. */
const formats = new Map<string, Intl.DateTimeFormat>();

function part(ms: number, options: Intl.DateTimeFormatOptions, timeZone: string | undefined): string {
  const key = `${Object.keys(options).join()} ${timeZone ?? ''}`;
  let format = formats.get(key);
  if (!format) {
    const zone = timeZone === undefined ? {} : { timeZone };
    // The Swedish locale writes dates as ISO 8601 does.
    format = new Intl.DateTimeFormat('sv-SE', { ...options, ...zone, hourCycle: 'h23' });
    formats.set(key, format);
  }
  return format.format(ms);
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
