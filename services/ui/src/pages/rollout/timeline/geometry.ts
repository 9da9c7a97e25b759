import type { Line } from './lines.ts';

/** Height of a node's line and of a wave's heading, px. */
const NODE_PX = 24;
const WAVE_PX = 30;

/** How tall a line is, px. */
function heightOf(line: Line): number {
  return line.kind === 'node' ? NODE_PX : WAVE_PX;
}

/** Where each line begins, px from the top, and at last where they end. */
export function topsOf(lines: readonly Line[]): number[] {
  const tops = [0];
  for (const line of lines) tops.push((tops.at(-1) ?? 0) + heightOf(line));
  return tops;
}

/** Which lines are to be seen between `topPx` and `bottomPx`: from the first of them up to but not the second. */
export function seenOf(tops: readonly number[], topPx: number, bottomPx: number): readonly [from: number, to: number] {
  const first = Math.max(0, firstAbove(tops, topPx) - 1);
  return [first, Math.min(tops.length - 1, firstAbove(tops, bottomPx))];
}

/** The first index whose top is above `px`; tops only grow. */
function firstAbove(tops: readonly number[], px: number): number {
  let [low, high] = [0, tops.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((tops[middle] ?? 0) > px) high = middle;
    else low = middle + 1;
  }
  return low;
}
