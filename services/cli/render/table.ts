import { oneLine, pad, width } from './text.ts';

/** Rows under a heading, columns as wide as their widest cell, two spaces between; the last column takes the rest and is cut at `columns`. */
export function table(heading: readonly string[], rows: readonly (readonly string[])[], columns: number): string[] {
  const cells = [heading, ...rows].map(row => row.map(oneLine));
  const widths = heading.map((_, index) => Math.max(...cells.map(row => width(row[index] ?? ''))));
  const last = widths.length - 1;
  const before = widths.slice(0, last).reduce((sum, each) => sum + each + 2, 0);
  widths[last] = Math.max(8, Math.min(widths[last] ?? 0, columns - before));
  return cells.map(row =>
    row
      .map((cell, index) => pad(cell, widths[index] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
