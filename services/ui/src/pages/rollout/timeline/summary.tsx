import { useMemo, useState } from 'preact/hooks';
import { duration } from '../../../../../../shared/domain/time/show.ts';
import { PlainTable } from '../../../components/plain-table.tsx';
import { Instant } from '../../../components/time.tsx';
import { now } from '../../../lib/clock.ts';
import { nodePath } from '../../../lib/paths.ts';
import type { Line } from './lines.ts';
import type { Mark } from './marks.ts';
import { type Spent, slowestOf, spentOf } from './where.ts';

interface SummaryProps {
  readonly rollout: string;
  readonly lines: readonly Line[];
}

const SLOWEST = 8;
const AGAIN_MS = 5_000;

/**
 * Where the time went: by step over all nodes shown, by cluster, and the nodes that took longest. To be given another key when other
 * lines are shown, and when nothing goes on any more.
 */
export function Summary({ rollout, lines }: SummaryProps) {
  // Its numbers are of many nodes: they hardly move from one second to the next.
  const kept = useMemo(() => lines, [Math.floor(now.peek() / AGAIN_MS), lines.length]);
  return useMemo(() => <Sums rollout={rollout} lines={kept} />, [rollout, kept]);
}

function Sums({ rollout, lines }: SummaryProps) {
  const clusters = [...new Set(lines.map(line => (line.kind === 'wave' ? line.cluster : line.cell.cluster)))];
  return (
    <section class="card" aria-label="Where the time went">
      <h2>Where the time went</h2>
      <SpentTable title="All that is shown" spent={spentOf(lines)} />
      {clusters.length > 1 && clusters.map(name => <OfCluster key={name} name={name} lines={lines} />)}
      <h3>Nodes that took longest</h3>
      <ol class="slowest">
        {slowestOf(lines, SLOWEST).map(({ cell, fromMs, toMs }) => (
          <li key={`${cell.cluster}/${cell.node}`}>
            <a href={nodePath(rollout, cell.cluster, cell.node)}>
              {cell.cluster}/{cell.node}
            </a>{' '}
            <span class="number">{duration(toMs - fromMs)}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function OfCluster({ name, lines }: { readonly name: string; readonly lines: readonly Line[] }) {
  const [isOpen, setOpen] = useState(false);
  const own = isOpen ? lines.filter(line => line.kind === 'node' && line.cell.cluster === name) : [];
  return (
    <details onToggle={event => setOpen(event.currentTarget.open)}>
      <summary>{name}</summary>
      {isOpen && <SpentTable title={name} spent={spentOf(own)} />}
    </details>
  );
}

function SpentTable({ title, spent }: { readonly title: string; readonly spent: readonly Spent[] }) {
  return (
    <PlainTable
      label={`Times: ${title}`}
      heading={['Step', 'Nodes', 'Median', 'Longest', 'All together', 'Share']}
      look="spent"
    >
      {spent.map(({ what, nodes, medianMs, maxMs, sumMs, share }) => (
        <tr key={what}>
          <th scope="row">{what}</th>
          <td class="number">{nodes}</td>
          <td class="number">{duration(medianMs)}</td>
          <td class="number">{duration(maxMs)}</td>
          <td class="number">{duration(sumMs)}</td>
          <td class="number">
            <span class="share">
              <i style={{ width: `${share * 100}%` }} />
            </span>{' '}
            {Math.round(share * 100)} %
          </td>
        </tr>
      ))}
    </PlainTable>
  );
}

/** The marks as a list, for those who do not see them. */
export function MarkList({ marks }: { readonly marks: readonly Mark[] }) {
  if (marks.length === 0) return null;
  return (
    <section class="card" aria-label="What people did">
      <h2>What people did</h2>
      <ol class="slowest">
        {marks.map(({ atMs, toMs, text }) => (
          <li key={`${atMs} ${text}`}>
            <Instant atMs={atMs} /> {text}
            {typeof toMs === 'number' && `, for ${duration(toMs - atMs)}`}
          </li>
        ))}
      </ol>
    </section>
  );
}
