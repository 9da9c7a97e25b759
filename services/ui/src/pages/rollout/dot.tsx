import { now } from '../../lib/clock.ts';
import { nodePath } from '../../lib/paths.ts';
import type { CellProps } from './cell.tsx';
import { labelOf, lookOf } from './model/look.ts';

/** A node as a small square, for waves of very many; what it is about shows when it is pointed at or focused. */
export function Dot({ rollout, of, usual, isFirst }: CellProps) {
  const cell = of.value;
  const look = lookOf(cell, usual(cell.cluster), cell.state === 'claimed' ? now.value : now.peek());
  return (
    <a
      class={`dot ${look.group}${look.isOver ? ' over' : ''}`}
      data-cell={cell.node}
      data-key={`${cell.cluster}/${cell.node}`}
      href={nodePath(rollout, cell.cluster, cell.node)}
      tabIndex={isFirst ? 0 : -1}
      aria-label={labelOf(cell, look)}
      // Shown by the style: as text it would have to be part of the name.
      data-sign={look.sign}
    />
  );
}
