import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { now } from '../../lib/clock.ts';
import { CellBody } from './cell.tsx';
import { lookOf } from './model/look.ts';
import type { RolloutView } from './view.ts';

interface PointedAt {
  readonly key: string;
  readonly left: number;
  readonly top: number;
}

const pointed = signal<PointedAt | null>(null);
const WIDTH = 290;

/** Shows what the dot is about that is pointed at, or has the focus. */
export function showPointed(event: Event): void {
  const dot = event.target instanceof HTMLElement ? event.target.closest<HTMLElement>('[data-key]') : null;
  const key = dot?.dataset['key'];
  if (!dot || key === undefined) return hidePointed();
  const { left, bottom } = dot.getBoundingClientRect();
  pointed.value = { key, left: Math.max(8, Math.min(left, window.innerWidth - WIDTH - 8)), top: bottom + 6 };
}

/** Shows nothing any more. */
export function hidePointed(): void {
  pointed.value = null;
}

/** What a dot is about, beside it; its accessible name says the same. */
export function Pointed({ view }: { readonly view: RolloutView }) {
  // Who follows the link of a dot leaves none.
  useEffect(() => hidePointed, []);
  const at = pointed.value;
  const cell = at ? view.picture.cell(at.key)?.value : undefined;
  if (!at || !cell) return null;
  const look = lookOf(cell, view.usual(cell.cluster), now.value);
  const isLow = at.top > window.innerHeight - 120;
  const place = isLow ? { bottom: `${window.innerHeight - at.top + 36}px` } : { top: `${at.top}px` };
  return (
    <div
      class={`pointed cell ${look.group}`}
      style={{ left: `${at.left}px`, width: `${WIDTH}px`, ...place }}
      aria-hidden="true"
    >
      <span class="cell-head">
        <span class="sign">{look.sign}</span>
        <span class="cell-name">{cell.node}</span>
      </span>
      <CellBody cell={cell} look={look} />
    </div>
  );
}
