import type { ComponentChildren } from 'preact';

interface PlainTableProps {
  /** Its accessible name. */
  readonly label: string;
  readonly caption?: string;
  /** What stands above the columns, each another word. */
  readonly heading: readonly string[];
  readonly look?: string;
  /** Its rows. */
  readonly children: ComponentChildren;
}

/** A table that stays one where it is narrow: it scrolls by itself, by keyboard too. */
export function PlainTable({ label, caption, heading, look, children }: PlainTableProps) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={label}>
      <table class={look}>
        {caption !== undefined && <caption>{caption}</caption>}
        <thead>
          <tr>
            {heading.map(each => (
              <th key={each} scope="col">
                {each}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
