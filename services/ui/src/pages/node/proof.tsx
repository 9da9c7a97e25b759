import { PlainTable } from '../../components/plain-table.tsx';
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
    <PlainTable label={title} caption={`${title} (${rows.length})`} heading={heading}>
      {rows.map(row => (
        <tr key={row.join(' ')}>
          {row.map((cell, index) => (
            <td key={heading[index]}>{cell}</td>
          ))}
        </tr>
      ))}
    </PlainTable>
  );
}
