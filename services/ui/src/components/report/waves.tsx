import type { RolloutReport, WaveReport } from '../../../../../shared/domain/report/report.ts';
import { duration } from '../../../../../shared/domain/time/show.ts';
import { type Column, Table } from '../table.tsx';
import { Instant } from '../time.tsx';

/** What was planned for each wave against what it took. */
export function Waves({ report: { waves } }: { readonly report: RolloutReport }) {
  return (
    <section aria-label="Waves">
      <h2>Waves</h2>
      <Table
        label="Waves"
        columns={COLUMNS}
        rows={waves}
        keyOf={({ cluster, index }) => `${cluster}/${index}`}
        piece={Number.POSITIVE_INFINITY}
      />
    </section>
  );
}

const COLUMNS: readonly Column<WaveReport>[] = [
  { name: 'Stage', cell: ({ stage }) => stage },
  { name: 'Cluster', cell: ({ cluster }) => <b>{cluster}</b> },
  { name: 'Wave', cell: ({ wave }) => wave },
  { name: 'Nodes', look: 'number', cell: ({ nodes }) => nodes },
  { name: 'At once', look: 'number', cell: ({ concurrency }) => concurrency },
  { name: 'Done', look: 'number', cell: ({ counts }) => counts.done },
  { name: 'Began', cell: ({ startedAtMs }) => <Instant atMs={startedAtMs} /> },
  { name: 'Ended', cell: ({ endedAtMs }) => <Instant atMs={endedAtMs} /> },
  {
    name: 'Took',
    look: 'number',
    cell: ({ startedAtMs, endedAtMs }) =>
      startedAtMs === null || endedAtMs === null ? '–' : duration(endedAtMs - startedAtMs),
  },
  {
    name: 'Reckoned',
    look: 'number',
    cell: ({ estimatedMs }) => (estimatedMs === null ? '–' : duration(estimatedMs)),
  },
];
