import type { TroubleKind } from './block.ts';

/** What each kind is told by, in the order in which they are looked for: of several, the first is what a person acts on. */
const TOLD_BY: readonly (readonly [RegExp, TroubleKind])[] = [
  [/Insufficient |Too many pods|free ports/i, 'no-room'],
  [/anti-affinity|topology spread|pod affinity/i, 'spread'],
  [/volume|persistentvolumeclaim|claims? /i, 'volume'],
  [/node affinity|node selector|nodeselector/i, 'selector'],
  [/taint|unschedulable/i, 'taints'],
];

/** What the scheduler says of a pod it cannot place. */
export interface Scheduling {
  readonly kind: TroubleKind;
  /** In the scheduler's words, without what preemption would not change. */
  readonly text: string;
  /** Its reasons without the counts of nodes, what a person acts on first. */
  readonly short: string;
}

/**
 * Reads `Unschedulable: 0/5 nodes are available: 1 Insufficient cpu, 2 node(s) were unschedulable. preemption: …`, as
 * the Kubernetes scheduler writes it; what another scheduler says is passed on as it is.
 */
export function readScheduling(trouble: string): Scheduling {
  const text = trouble
    .replace(/^Unschedulable: /, '')
    .replace(/,? ?preemption: .*$/s, '')
    .replace(/\.\s*$/, '')
    .trim();
  const said = /^\d+\/\d+ nodes are available:\s*(.*)$/s.exec(text)?.[1] ?? '';
  const parts = new Set(said.split(', ').map(part => part.replace(/^\d+ /, '')));
  const telling = [...parts].toSorted((one, other) => rankOf(one) - rankOf(other) || (one < other ? -1 : 1));
  const short = said === '' ? text.replace(/^\d+\/\d+ nodes/, 'no nodes') : telling.join(', ');
  const kind = TOLD_BY[rankOf(said)]?.[1] ?? 'not-placed';
  return { kind, text, short };
}

function rankOf(said: string): number {
  const rank = TOLD_BY.findIndex(([pattern]) => pattern.test(said));
  return rank === -1 ? TOLD_BY.length : rank;
}
