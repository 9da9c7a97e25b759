import type { OutputFormat } from './options.ts';
import { table } from './render/table.ts';
import type { Terminal } from './terminal.ts';

/** A list as a table; json and yaml print `data` instead. */
export interface Listing {
  readonly data: unknown;
  readonly heading: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Printed instead of an empty table, to stderr. */
  readonly empty: string;
}

/** Prints a listing in the format asked for. A table that does not go to a terminal is never cut. */
export async function printListing(terminal: Terminal, format: OutputFormat, listing: Listing): Promise<void> {
  if (format !== 'table') return printData(terminal, format, listing.data);
  if (listing.rows.length === 0) return terminal.err(listing.empty);
  const columns = terminal.live ? terminal.size().columns : Number.POSITIVE_INFINITY;
  for (const row of table(listing.heading, listing.rows, columns)) terminal.out(row);
}

/** Prints `data` as JSON or YAML. */
export async function printData(terminal: Terminal, format: 'json' | 'yaml', data: unknown): Promise<void> {
  if (format === 'json') return terminal.out(JSON.stringify(data, null, 2));
  const { stringify } = await import('yaml');
  terminal.out(stringify(data, { aliasDuplicateObjects: false }).trimEnd());
}
