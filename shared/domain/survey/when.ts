/** The share of the interval by which clusters are asked earlier than others. */
const SPREAD = 0.1;

/**
 * Whether a cluster is to be asked again: `everyMs` after the last time, some up to a tenth of it earlier, so that not all
 * clusters of a fleet are asked at once. `atMs` null: it was never asked.
 */
export function isSurveyDue(cluster: string, atMs: number | null, everyMs: number, nowMs: number): boolean {
  if (everyMs === 0) return false;
  if (atMs === null) return true;
  const earlierMs = everyMs * SPREAD * shareOf(`${cluster} ${atMs}`);
  // From the future: a clock was wrong.
  return atMs > nowMs + everyMs || nowMs - atMs >= everyMs - earlierMs;
}

/** From 0 to below 1, the same for the same text. */
function shareOf(text: string): number {
  let sum = 0;
  for (const char of text) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) % 9973;
  return sum / 9973;
}
