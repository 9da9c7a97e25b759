import { counted } from '../../../../shared/domain/text.ts';
import { duration } from '../../../../shared/domain/time/show.ts';

const DAY_MS = 86_400_000;

/** How long something has been so, for people who count in days: `6h12m`, `1 day`, `64 days`. */
export function days(ms: number): string {
  const whole = Math.floor(ms / DAY_MS);
  return whole < 1 ? duration(Math.max(0, ms)) : counted(whole, 'day');
}
