import type { NodeCell } from '../../../../shared/domain/view/cell.ts';

/** What a node counts as; each is one of these. */
export const GROUPS = ['done', 'away', 'failed', 'held', 'left-out', 'pending'] as const;
/** One of {@link GROUPS}. `held`: it waits for a person before it can begin; `left-out`: skipped, excluded, aborted. */
export type Group = (typeof GROUPS)[number];

/** What people read for a group. */
export const GROUP_WORDS: Readonly<Record<Group, string>> = {
  done: 'done',
  away: 'away',
  failed: 'failed',
  held: 'held',
  'left-out': 'left out',
  pending: 'to go',
};

/** The group of a node. */
export function groupOf({ state, reason }: Pick<NodeCell, 'state' | 'reason'>): Group {
  if (state === 'claimed') return 'away';
  if (state === 'pending') return reason === '' ? 'pending' : 'held';
  return state === 'done' || state === 'failed' ? state : 'left-out';
}

/** Whether a node is away, and waits for something. */
export function isWaiting({ state, reason }: Pick<NodeCell, 'state' | 'reason'>): boolean {
  return reason !== '' && (state === 'claimed' || state === 'pending');
}

/** Whether something goes on with a node, or should. */
export function isTouched(cell: Pick<NodeCell, 'state' | 'reason' | 'away'>): boolean {
  const group = groupOf(cell);
  return cell.away || group === 'away' || group === 'failed' || group === 'held';
}
