import { noDeviations } from '../../../../../shared/domain/report/deviations.ts';
import type { Deviation, NodeReport, RolloutReport } from '../../../../../shared/domain/report/report.ts';
import { openOf } from '../../view/report.ts';
import { StateBadge } from '../badge.tsx';
import { type Column, Table } from '../table.tsx';
import { Instant } from '../time.tsx';

interface PartProps {
  readonly report: RolloutReport;
}

/** What did not go as planned, and what people did. */
export function Deviations({ report }: PartProps) {
  const rows = report.deviations.map((deviation, index) => ({ ...deviation, key: String(index) }));
  return (
    <section aria-label="Deviations">
      <h2>Deviations</h2>
      {rows.length === 0 ? (
        <p>{noDeviations(report)}</p>
      ) : (
        <Table
          label="Deviations"
          columns={DEVIATIONS}
          rows={rows}
          keyOf={({ key }) => key}
          piece={Number.POSITIVE_INFINITY}
        />
      )}
    </section>
  );
}

const DEVIATIONS: readonly Column<Deviation>[] = [
  { name: 'When', cell: ({ atMs }) => <Instant atMs={atMs} /> },
  { name: 'Kind', cell: ({ kind }) => kind },
  { name: 'Where', cell: ({ place }) => (place === '' ? 'rollout' : place) },
  { name: 'What', cell: ({ text }) => text },
  { name: 'By', cell: ({ by }) => by },
  { name: 'Why', cell: ({ why }) => why },
];

/** Nodes that a person should look at. */
export function Open({ report }: PartProps) {
  const rows = openOf(report);
  if (rows.length === 0) return null;
  return (
    <section aria-label="To be looked at">
      <h2>To be looked at</h2>
      <Table
        label="To be looked at"
        columns={OPEN}
        rows={rows}
        keyOf={({ cluster, node }) => `${cluster}/${node}`}
        piece={Number.POSITIVE_INFINITY}
      />
    </section>
  );
}

const OPEN: readonly Column<NodeReport>[] = [
  {
    name: 'Node',
    cell: ({ cluster, node }) => (
      <b>
        {cluster}/{node}
      </b>
    ),
  },
  { name: 'State', cell: ({ state }) => <StateBadge state={state} /> },
  {
    name: 'What was seen',
    cell: ({ reason, leftAs, warnings }) => (
      <>
        {[reason, leftAs, ...warnings]
          .filter(text => text !== '')
          .map((text, index) => (
            <div key={index}>{text}</div>
          ))}
      </>
    ),
  },
  { name: 'To do', cell: ({ todo }) => todo },
];

/** Hosts that were not in the plan. */
export function LeftOut({ report: { leftOut } }: PartProps) {
  if (leftOut.length === 0) return null;
  return (
    <section aria-label="Left out of the plan">
      <h2>Left out of the plan</h2>
      <ul>
        {leftOut.map(({ cluster, node, reason }) => (
          <li key={`${cluster}/${node}`}>
            <b>
              {cluster}/{node}
            </b>
            : {reason}
          </li>
        ))}
      </ul>
    </section>
  );
}
