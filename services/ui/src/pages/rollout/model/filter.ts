import type { NodeCell } from '../../../../../../shared/domain/view/cell.ts';
import type { Counts } from '../../../lib/counts.ts';
import { groupOf, isWaiting } from '../../../lib/group.ts';

/** What can be looked at alone. */
export const FILTERS = ['all', 'away', 'failed', 'waiting', 'pending', 'done', 'left-out'] as const;
/** One of {@link FILTERS}. */
export type FilterName = (typeof FILTERS)[number];

/** Which nodes are shown. */
export interface Filter {
  readonly name: FilterName;
  /** Parts of `cluster/node`, in any case, each of which must be in it; empty: any. */
  readonly search: string;
}

/** Everything is shown. */
export const NO_FILTER: Filter = { name: 'all', search: '' };

/** Whether a filter lets everything through. */
export function isOpen({ name, search }: Filter): boolean {
  return name === 'all' && search.trim() === '';
}

/** Whether a node is shown. */
export function matches(cell: NodeCell, { name, search }: Filter): boolean {
  return fits(cell, name) && hasAll(`${cell.cluster}/${cell.node}`, search);
}

/** How many nodes a filter lets through. */
export function countOf(counts: Counts, name: FilterName): number {
  if (name === 'all') return counts.total;
  return name === 'pending' ? counts.pending + counts.held : counts[name];
}

function fits(cell: NodeCell, name: FilterName): boolean {
  if (name === 'all') return true;
  if (name === 'waiting') return isWaiting(cell);
  return name === 'pending' ? cell.state === 'pending' : groupOf(cell) === name;
}

function hasAll(text: string, search: string): boolean {
  const parts = search.toLowerCase().split(/\s+/).filter(Boolean);
  return parts.every(part => text.toLowerCase().includes(part));
}
