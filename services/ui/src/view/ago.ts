import { duration } from '../../../../shared/domain/time/show.ts';

const DAY_MS = 86_400_000;
/** The page's clock moves by the second, so what has just happened may seem to lie ahead. */
const CLOCK_LAG_MS = 2_000;

/** How long ago something was: `5m ago`, `a moment ago`; below zero, what is to come: `in 5m`. */
export function agoText(pastMs: number): string {
  return pastMs >= -CLOCK_LAG_MS ? `${short(pastMs)} ago` : `in ${short(-pastMs)}`;
}

/** Below a minute seconds matter only while something runs. */
function short(ms: number): string {
  if (ms < 60_000) return 'a moment';
  if (ms >= 2 * DAY_MS) return `${Math.floor(ms / DAY_MS)} days`;
  return duration(ms).replace(/(\d+m)\d\ds$/, '$1');
}
