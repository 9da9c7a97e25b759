import type { PackageChange } from '../../../../../shared/domain/proof.ts';
import { UNPROVED } from '../../../../../shared/domain/report/changes-text.ts';
import type { NodeReport, RolloutReport } from '../../../../../shared/domain/report/report.ts';
import { counted } from '../../../../../shared/domain/text.ts';
import { sameChanges } from '../../view/report.ts';
import { type Column, Table } from '../table.tsx';

/** What changed, once for all nodes on which the same did. */
export function Packages({ report }: { readonly report: RolloutReport }) {
  const groups = sameChanges(report);
  const without = report.nodes.filter(
    ({ changes, changesKnown, rounds }) => changes.length === 0 && changesKnown && rounds > 0,
  );
  const unproved = report.nodes.filter(({ changesKnown }) => !changesKnown);
  if (groups.length + without.length + unproved.length === 0) return null;
  return (
    <section aria-label="Packages">
      <h2>Packages</h2>
      {groups.map(nodes => (
        <Group key={names(nodes)} nodes={nodes} />
      ))}
      {without.length > 0 && (
        <p>
          No packages changed on {counted(without.length, 'node')}: <span class="quiet">{names(without)}</span>
        </p>
      )}
      {unproved.length > 0 && (
        <p>
          {UNPROVED}: <span class="quiet">{names(unproved)}</span>
        </p>
      )}
      <Left nodes={report.nodes} />
    </section>
  );
}

function Group({ nodes }: { readonly nodes: readonly NodeReport[] }) {
  const changes = nodes[0]?.changes ?? [];
  return (
    <div class="package-group">
      <h3>
        {counted(changes.length, 'package')} on {counted(nodes.length, 'node')}
      </h3>
      <p class="quiet">{names(nodes)}</p>
      <Table
        label={`Packages on ${names(nodes)}`}
        columns={COLUMNS}
        rows={changes}
        keyOf={({ name }) => name}
        piece={Number.POSITIVE_INFINITY}
      />
    </div>
  );
}

const COLUMNS: readonly Column<PackageChange>[] = [
  { name: 'Package', cell: ({ name }) => name },
  { name: 'Before', cell: ({ before }) => <span class="mono">{before ?? '(new)'}</span> },
  { name: 'After', cell: ({ after }) => <span class="mono">{after ?? '(removed)'}</span> },
];

/** Packages that had a newer version and stayed as they were. */
function Left({ nodes }: { readonly nodes: readonly NodeReport[] }) {
  const groups = new Map<string, string[]>();
  for (const { cluster, node, left } of nodes) {
    for (const { name, before, available, reason } of left) {
      const key = `${name} stays at ${before} though ${available} is there (${reason})`;
      groups.set(key, [...(groups.get(key) ?? []), `${cluster}/${node}`]);
    }
  }
  if (groups.size === 0) return null;
  return (
    <>
      <h3>Left as they were</h3>
      <ul>
        {[...groups].map(([text, on]) => (
          <li key={text}>
            {text}: <span class="quiet">{on.join(', ')}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

function names(nodes: readonly NodeReport[]): string {
  return nodes.map(({ cluster, node }) => `${cluster}/${node}`).join(', ');
}
