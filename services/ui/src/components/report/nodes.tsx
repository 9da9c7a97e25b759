import { changesText } from '../../../../../shared/domain/report/changes-text.ts';
import type { NodeReport, RolloutReport } from '../../../../../shared/domain/report/report.ts';
import { duration } from '../../../../../shared/domain/time/show.ts';
import { nodePath } from '../../lib/paths.ts';
import { changeText } from '../../view/report.ts';
import { StateBadge } from '../badge.tsx';
import { type Column, Table } from '../table.tsx';
import { Instant } from '../time.tsx';

/** What was done to each node, cluster by cluster. */
export function Nodes({ report: { id, nodes } }: { readonly report: RolloutReport }) {
  const clusters = [...new Set(nodes.map(({ cluster }) => cluster))];
  const columns = columnsOf(id);
  return (
    <>
      {clusters.map(cluster => (
        <section key={cluster} aria-label={`Nodes of ${cluster}`}>
          <h2>Nodes of {cluster}</h2>
          <Table
            label={`Nodes of ${cluster}`}
            columns={columns}
            rows={nodes.filter(node => node.cluster === cluster)}
            keyOf={({ node }) => node}
            piece={Number.POSITIVE_INFINITY}
          />
        </section>
      ))}
    </>
  );
}

function columnsOf(id: string): readonly Column<NodeReport>[] {
  return [
    {
      name: 'Node',
      cell: ({ cluster, node, controlPlane }) => (
        <>
          <a href={nodePath(id, cluster, node)}>{node}</a>
          {controlPlane && <span class="quiet"> control plane</span>}
        </>
      ),
    },
    { name: 'Wave', cell: ({ waveName }) => waveName },
    {
      name: 'State',
      cell: ({ state, rounds }) => (
        <>
          <StateBadge state={state} />
          {rounds > 1 && ` ${rounds} rounds`}
        </>
      ),
    },
    {
      name: 'Kernel',
      look: 'name',
      cell: ({ kernelBefore, kernelAfter }) => <span class="mono">{changeText(kernelBefore, kernelAfter)}</span>,
    },
    { name: 'Packages', look: 'number', cell: node => node.image ?? changesText(node) },
    { name: 'Reboots', look: 'number', cell: reboots },
    { name: 'Down', look: 'number', cell: ({ downtimeMs }) => span(downtimeMs) },
    { name: 'Cordoned', look: 'number', cell: ({ cordonedMs }) => span(cordonedMs) },
    { name: 'Evicted', look: 'number', cell: ({ evicted }) => evicted.length },
    { name: 'Began', cell: ({ claimedAtMs }) => <Instant atMs={claimedAtMs} /> },
  ];
}

function reboots({ reboots: own, rebootsByOthers }: NodeReport): string {
  return rebootsByOthers === 0 ? String(own) : `${own}, ${rebootsByOthers} by others`;
}

function span(ms: number | null): string {
  return ms === null ? '–' : duration(ms);
}
