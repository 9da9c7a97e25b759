import { useEffect, useState } from 'preact/hooks';
import type { Line } from './lines.ts';

/** Below the axis, which stays in sight. */
const AXIS_PX = 30;

/** Moves the focus from node to node by arrow keys, also to those that are not drawn yet. */
export function useRowKeys(
  ref: { readonly current: HTMLElement | null },
  lines: readonly Line[],
  tops: readonly number[],
): (event: KeyboardEvent) => void {
  const [wanted, setWanted] = useState<number | null>(null);
  useEffect(() => {
    if (wanted === null) return;
    const row = ref.current?.querySelector<HTMLElement>(`[data-row="${wanted}"]`);
    if (!row) return;
    row.focus({ preventScroll: true });
    setWanted(null);
  });
  return event => {
    const frame = ref.current;
    if (!frame || (event.key !== 'ArrowDown' && event.key !== 'ArrowUp')) return;
    const at = Number(document.activeElement?.getAttribute('data-row') ?? -1);
    const to = nextNode(lines, at, event.key === 'ArrowDown' ? 1 : -1);
    if (to === null) return;
    event.preventDefault();
    const top = tops[to] ?? 0;
    const bottom = (tops[to + 1] ?? top) + AXIS_PX;
    if (top < frame.scrollTop) frame.scrollTop = top;
    else if (bottom > frame.scrollTop + frame.clientHeight) frame.scrollTop = bottom - frame.clientHeight;
    setWanted(to);
  };
}

function nextNode(lines: readonly Line[], at: number, by: 1 | -1): number | null {
  for (let to = at + by; to >= 0 && to < lines.length; to += by) if (lines[to]?.kind === 'node') return to;
  return null;
}
