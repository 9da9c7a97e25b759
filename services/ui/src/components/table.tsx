import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import '../style/table.css';

/** A column of a {@link Table}. */
export interface Column<T> {
  readonly name: string;
  readonly cell: (row: T) => ComponentChildren;
  /** What rows are sorted by when a person asks for it, the first first; missing: they are not. */
  readonly order?: (a: T, b: T) => number;
  /** `number`: to the right. */
  readonly look?: 'number' | 'name';
}

interface TableProps<T> {
  readonly label: string;
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  readonly keyOf: (row: T) => string;
  readonly rowLook?: (row: T) => string;
  /** So many rows at first, and so many more when asked for; default: 100. */
  readonly piece?: number;
}

interface Sorting {
  readonly column: string;
  readonly back: boolean;
}

/** Rows under headings; where it is narrow, a block for each row. Long ones come in pieces. */
export function Table<T>(props: TableProps<T>) {
  const { label, columns, rows, piece = 100 } = props;
  const [sorting, setSorting] = useState<Sorting | null>(null);
  const [shown, setShown] = useState(piece);
  const sorted = sort(rows, columns, sorting);
  return (
    // The roles are said as styles for narrow screens would take them away.
    <>
      <div class="scroll">
        <table role="table" class="stacks" aria-label={label}>
          <thead role="rowgroup">
            <tr role="row">
              {columns.map(column => (
                <Head key={column.name} column={column} sorting={sorting} onSort={setSorting} />
              ))}
            </tr>
          </thead>
          <Body {...props} rows={sorted.slice(0, shown)} />
        </table>
      </div>
      {rows.length > shown && (
        <p class="more">
          <button type="button" onClick={() => setShown(shown + piece)}>
            Show {Math.min(piece, rows.length - shown)} more
          </button>{' '}
          <span class="quiet">
            {shown} of {rows.length}
          </span>
        </p>
      )}
    </>
  );
}

function Body<T>({ columns, rows, keyOf, rowLook }: TableProps<T>) {
  return (
    <tbody role="rowgroup">
      {rows.map(row => (
        <tr role="row" key={keyOf(row)} class={rowLook?.(row)}>
          {columns.map(({ name, cell, look }) => (
            <Cell key={name} name={name} look={look}>
              {cell(row)}
            </Cell>
          ))}
        </tr>
      ))}
    </tbody>
  );
}

interface CellProps {
  readonly name: string;
  readonly look: string | undefined;
  readonly children: ComponentChildren;
}

/** One with nothing in it is not there where rows are blocks. */
function Cell({ name, look, children }: CellProps) {
  const isEmpty = children === null || children === undefined || children === false || children === '';
  return (
    <td role="cell" data-name={name} class={look}>
      {isEmpty ? null : <div>{children}</div>}
    </td>
  );
}

interface HeadProps<T> {
  readonly column: Column<T>;
  readonly sorting: Sorting | null;
  readonly onSort: (sorting: Sorting | null) => void;
}

function Head<T>({ column: { name, order, look }, sorting, onSort }: HeadProps<T>) {
  if (!order) {
    return (
      <th role="columnheader" scope="col" class={look}>
        {name}
      </th>
    );
  }
  const mine = sorting?.column === name ? sorting : null;
  const next = mine === null ? { column: name, back: false } : mine.back ? null : { column: name, back: true };
  const state = mine === null ? 'none' : mine.back ? 'descending' : 'ascending';
  return (
    <th role="columnheader" scope="col" aria-sort={state} class={look}>
      <button type="button" class="sort" onClick={() => onSort(next)}>
        {name}
        <span aria-hidden="true">{mine === null ? ' ↕' : mine.back ? ' ↓' : ' ↑'}</span>
      </button>
    </th>
  );
}

function sort<T>(rows: readonly T[], columns: readonly Column<T>[], sorting: Sorting | null): readonly T[] {
  const order = columns.find(({ name }) => name === sorting?.column)?.order;
  if (!order || sorting === null) return rows;
  const sorted = rows.toSorted(order);
  return sorting.back ? sorted.toReversed() : sorted;
}
