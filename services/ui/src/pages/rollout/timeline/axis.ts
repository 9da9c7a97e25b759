const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const STEPS_MS = [
  ...[1, 2, 5, 10, 15, 30].map(count => count * SECOND_MS),
  ...[1, 2, 5, 10, 15, 30].map(count => count * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map(count => count * HOUR_MS),
  ...[1, 2, 7, 14].map(count => count * DAY_MS),
];

/** So far apart ticks stand at least, px: room for `2026-11-23`. */
const APART_PX = 84;

/** A stretch of time as wide as it is drawn. */
export interface Scale {
  readonly fromMs: number;
  readonly toMs: number;
  readonly pxPerMs: number;
}

/** Where a moment is, px from the left. */
export function xOf({ fromMs, pxPerMs }: Scale, atMs: number): number {
  return (atMs - fromMs) * pxPerMs;
}

/** How far apart ticks are, ms. */
export function tickStepMs(pxPerMs: number): number {
  return STEPS_MS.find(step => step * pxPerMs >= APART_PX) ?? 28 * DAY_MS;
}

/** How far a zone is ahead of UTC at a moment, ms: summer time changes it. */
export type OffsetAt = (atMs: number) => number;

/** Moments to be named between `leftPx` and `rightPx`, at full minutes, hours, days of a zone. */
export function ticksOf(scale: Scale, leftPx: number, rightPx: number, offsetAt: OffsetAt): number[] {
  const step = tickStepMs(scale.pxPerMs);
  const fromMs = Math.max(scale.fromMs, scale.fromMs + leftPx / scale.pxPerMs);
  const toMs = Math.min(scale.toMs, scale.fromMs + rightPx / scale.pxPerMs);
  const offsetMs = offsetAt(fromMs);
  const ticks: number[] = [];
  for (let at = Math.ceil((fromMs + offsetMs) / step) * step - offsetMs; at <= toMs + HOUR_MS; at += step) {
    // Clocks are changed by whole hours: only longer steps have to be set anew.
    ticks.push(step > HOUR_MS ? atSameTime(at, offsetMs, offsetAt) : at);
  }
  return ticks.filter(at => at <= toMs);
}

/** The moment at which clocks show what they would at `atMs` by the offset before; where they never do, `atMs`. */
function atSameTime(atMs: number, offsetMs: number, offsetAt: OffsetAt): number {
  const then = atMs - (offsetAt(atMs) - offsetMs);
  return offsetAt(then) === offsetAt(atMs) ? then : atMs;
}

/** `14:03`, with seconds where ticks are close; at midnight the date. */
export function tickText(atMs: number, stepMs: number, offsetAt: OffsetAt): string {
  const offsetMs = offsetAt(atMs);
  const local = new Date(atMs + offsetMs).toISOString();
  if (stepMs >= DAY_MS || (atMs + offsetMs) % DAY_MS === 0) return local.slice(0, 10);
  return local.slice(11, stepMs < MINUTE_MS ? 19 : 16);
}

/** No browser draws what is much wider. */
const MOST_PX = 4_000_000;

/** The zoom that was asked for, as far as it goes; 1: everything fits into `widthPx`. */
export function boundedZoom(zoom: number, widthPx: number): number {
  return Math.max(1, Math.min(zoom, MOST_PX / Math.max(1, widthPx), 4_096));
}
