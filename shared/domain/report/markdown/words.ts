import { flat } from '../../text.ts';
import { offsetAt } from '../../time/zone.ts';

/** Shows instants in one zone. */
export interface Times {
  /** IANA name. */
  readonly zone: string;
  /** `2026-03-01 14:03:07`; null: `-`. */
  readonly at: (ms: number | null) => string;
}

const NONE = '-';

/** RangeError: there is no such zone. */
export function timesIn(zone: string): Times {
  offsetAt(zone, 0);
  const at = (ms: number | null): string => {
    if (ms === null) return NONE;
    return new Date(ms + offsetAt(zone, ms)).toISOString().slice(0, 19).replace('T', ' ');
  };
  return { zone, at };
}

const UNITS = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1000, 's'],
] as const;

/** A duration for people, its two largest units: `45 s`, `12 min 5 s`, `2 h 3 min`; null: `-`. */
export function span(ms: number | null): string {
  if (ms === null) return NONE;
  const whole = Math.round(ms / 1000) * 1000;
  const first = UNITS.findIndex(([size]) => whole >= size);
  if (first < 0) return ms > 0 ? '<1 s' : '0 s';
  let left = whole;
  const parts = UNITS.slice(first, first + 2).map(([size, unit]) => {
    const count = Math.floor(left / size);
    left -= count * size;
    return count === 0 ? '' : `${count} ${unit}`;
  });
  return parts.filter(Boolean).join(' ');
}

/** Text of others on one line, so that it reads the same in Markdown and can be no markup, HTML included. */
export function plain(text: string): string {
  return flat(text)
    .replace(/[\\`*_[\]|~]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

/** `a → b`; what did not change once. */
export function change(before: string | null, after: string | null): string {
  if (before === after || after === null) return before === null ? NONE : plain(before);
  return before === null ? plain(after) : `${plain(before)} → ${plain(after)}`;
}

/** A table; cells are Markdown already. An empty cell stays empty. */
export function table(heading: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(heading), line(heading.map(() => '---')), ...rows.map(line)];
}
