/** Days are counted from 1970-01-01, which is 0. */
export const DAY_MS = 86_400_000;

const NAMES = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;

/** 0 is Sunday, as in cron. */
export function weekdayOf(day: number): number {
  return (((day + 4) % 7) + 7) % 7;
}

/** Whether it is the n-th day of its weekday in its month; -1 is the last. */
export function isNth(day: number, nth: number): boolean {
  const date = new Date(day * DAY_MS);
  const dayOfMonth = date.getUTCDate();
  if (nth > 0) return Math.ceil(dayOfMonth / 7) === nth;
  return new Date((day + 7) * DAY_MS).getUTCMonth() !== date.getUTCMonth();
}

/** The day of `2026-12-24`; null: there is no such date. */
export function dayOfDate(date: string): number | null {
  const ms = /^\d{4}-\d{2}-\d{2}$/.test(date) ? Date.parse(`${date}T00:00:00Z`) : Number.NaN;
  // Date.parse takes 31 February for a day of March.
  return Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== date ? null : ms / DAY_MS;
}

/** `Sat 2026-11-28 22:00`, of local ms. */
export function showLocal(localMs: number): string {
  const day = Math.floor(localMs / DAY_MS);
  return `${NAMES[weekdayOf(day)]} ${new Date(localMs).toISOString().slice(0, 16).replace('T', ' ')}`;
}
