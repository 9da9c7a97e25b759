/** One line of a bench: what was measured and how much it was. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What it should be, in words; empty: no goal. */
  readonly goal?: string;
}

/** A measurement. All ratios come from figures of the same run, since machines differ. */
export interface Bench {
  readonly name: string;
  run(): Promise<readonly Figure[]>;
}

/** The figures as a table for people. */
export function table(figures: readonly Figure[]): string {
  const rows = figures.map(({ name, value, unit, goal }) => [name, `${round(value)} ${unit}`.trim(), goal ?? '']);
  const widths = [0, 1].map(column => Math.max(0, ...rows.map(row => (row[column] ?? '').length)));
  return rows
    .map(row =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** The value below which `share` (0 to 1) of the samples lie. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function round(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
