import type { ProofTable, ProofView } from './model/proof.ts';

/** What a step proved. */
export function Proof({ view }: { readonly view: ProofView }) {
  return (
    <div class="proof">
      {view.facts.length > 0 && (
        <dl class="pairs">
          {view.facts.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
      {view.tables.map(table => (
        <Table key={table.title} table={table} />
      ))}
    </div>
  );
}

function Table({ table: { title, heading, rows } }: { readonly table: ProofTable }) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={title}>
      <table>
        <caption>
          {title} ({rows.length})
        </caption>
        <thead>
          <tr>
            {heading.map(each => (
              <th key={each} scope="col">
                {each}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(row => (
            <tr key={row.join(' ')}>
              {row.map((cell, index) => (
                <td key={heading[index]}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
