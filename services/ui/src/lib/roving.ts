const KEYS = ['ArrowRight', 'ArrowLeft', 'ArrowDown', 'ArrowUp', 'Home', 'End'];

/**
 * Moves the focus among the `[data-cell]` of a group by the arrow keys, Home and End, so that the tab key passes the group as one.
 * The first has tabIndex 0, all others -1; what was focused last is where the tab key comes back to.
 */
export function moveFocus(event: KeyboardEvent): void {
  if (!KEYS.includes(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
  const group = event.currentTarget as HTMLElement;
  const cells = [...group.querySelectorAll<HTMLElement>('[data-cell]')];
  const at = cells.indexOf(document.activeElement as HTMLElement);
  if (at < 0) return;
  const to = cells[next(event.key, at, cells)];
  event.preventDefault();
  to?.focus();
}

/** To be called when the focus comes to a cell of a group. */
export function keepFocus(event: FocusEvent): void {
  const group = event.currentTarget as HTMLElement;
  const cell = event.target as HTMLElement;
  if (!cell.matches('[data-cell]')) return;
  for (const before of group.querySelectorAll<HTMLElement>('[data-cell][tabindex="0"]')) before.tabIndex = -1;
  cell.tabIndex = 0;
}

/** To be called when the cells of a group are others: the one that the tab key comes back to may be gone. */
export function keepStop(group: HTMLElement): void {
  const first = group.querySelector<HTMLElement>('[data-cell]');
  if (first && !group.querySelector('[data-cell][tabindex="0"]')) first.tabIndex = 0;
}

function next(key: string, at: number, cells: readonly HTMLElement[]): number {
  const last = cells.length - 1;
  if (key === 'Home') return 0;
  if (key === 'End') return last;
  if (key === 'ArrowRight') return Math.min(last, at + 1);
  if (key === 'ArrowLeft') return Math.max(0, at - 1);
  const columns = columnsOf(cells);
  const to = key === 'ArrowDown' ? at + columns : at - columns;
  return to < 0 || to > last ? at : to;
}

/** How many stand in the first row. */
function columnsOf(cells: readonly HTMLElement[]): number {
  const topOf = (cell: HTMLElement | undefined) => (cell?.closest('.cell') ?? cell)?.getBoundingClientRect().top;
  const top = topOf(cells[0]);
  const below = cells.findIndex(cell => topOf(cell) !== top);
  return below < 0 ? cells.length : below;
}
