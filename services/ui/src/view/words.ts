import { duration } from '../../../../shared/domain/time/show.ts';

const DAY_MS = 86_400_000;

/** `1 node`, `2 nodes`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** How long something has been so, for people who count in days: `6h12m`, `1 day`, `64 days`. */
export function days(ms: number): string {
  const whole = Math.floor(ms / DAY_MS);
  return whole < 1 ? duration(Math.max(0, ms)) : counted(whole, 'day');
}

/** The first few names, and how many more there are: `a, b and 3 more`. */
export function named(names: readonly string[], most = 8): string {
  // One more than may be named takes no more room than to count it.
  if (names.length <= most + 1) return names.join(', ');
  return `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
}
