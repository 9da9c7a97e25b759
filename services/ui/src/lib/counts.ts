import type { NodeCell } from '../../../../shared/domain/view/cell.ts';
import { type Group, groupOf, isWaiting } from './group.ts';

/** How far a set of nodes is. */
export interface Counts extends Readonly<Record<Group, number>> {
  readonly total: number;
  /** Those that hold a slot: away, failed, or done while the cluster recovers. */
  readonly slots: number;
  readonly waiting: number;
}

type Writable = { -readonly [K in keyof Counts]: number };

const NONE: Counts = {
  done: 0,
  away: 0,
  failed: 0,
  held: 0,
  'left-out': 0,
  pending: 0,
  total: 0,
  slots: 0,
  waiting: 0,
};
const NAMES = Object.keys(NONE) as readonly (keyof Counts)[];

/** Counts nodes. */
export function countsOf(cells: Iterable<NodeCell>): Counts {
  const counts: Writable = { ...NONE };
  for (const cell of cells) {
    counts.total += 1;
    counts[groupOf(cell)] += 1;
    if (cell.away) counts.slots += 1;
    if (isWaiting(cell)) counts.waiting += 1;
  }
  return counts;
}

/** All together. */
export function sumOf(all: readonly Counts[]): Counts {
  const sum: Writable = { ...NONE };
  for (const each of all) for (const name of NAMES) sum[name] += each[name];
  return sum;
}
