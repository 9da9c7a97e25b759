import { duration } from '../../../../../shared/domain/time/show.ts';
import type { NodePast } from '../../../../../shared/domain/view/history.ts';
import { StateBadge } from '../../components/badge.tsx';
import { PlainTable } from '../../components/plain-table.tsx';
import { ProblemNote } from '../../components/problem.tsx';
import { Instant } from '../../components/time.tsx';
import { useFetched } from '../../lib/fetched.ts';
import { nodePath } from '../../lib/paths.ts';
import type { NodePlace } from './use-node.ts';

/** What other rollouts did to a node. */
export function History({ place: { id, cluster, node } }: { readonly place: NodePlace }) {
  const path = `/clusters/${encodeURIComponent(cluster)}/nodes/${encodeURIComponent(node)}/history`;
  const { data, problem, again } = useFetched<{ readonly rollouts: readonly NodePast[] }>(path);
  const others = data?.rollouts.filter(({ rollout }) => rollout !== id) ?? [];
  return (
    <section class="card" aria-label="Other rollouts">
      <h2>Other rollouts of this node</h2>
      <ProblemNote problem={problem} onAgain={again} />
      {!data && !problem && <p class="quiet">Reading…</p>}
      {data && others.length === 0 && <p class="quiet">None is kept.</p>}
      {others.length > 0 && <PastTable past={others} cluster={cluster} node={node} />}
    </section>
  );
}

interface PastTableProps {
  readonly past: readonly NodePast[];
  readonly cluster: string;
  readonly node: string;
}

function PastTable({ past, cluster, node }: PastTableProps) {
  return (
    <PlainTable
      label="Table of other rollouts"
      heading={['Rollout', 'When', 'Outcome', 'Took', 'Packages', 'Rebooted']}
    >
      {past.map(each => (
        <tr key={each.rollout}>
          <td>
            <a href={nodePath(each.rollout, cluster, node)}>{each.rollout}</a>
          </td>
          <td>
            <Instant atMs={each.claimedAtMs} />
          </td>
          <td>
            <StateBadge state={each.outcome} /> {each.reason}
          </td>
          <td class="number">{tookOf(each)}</td>
          <td class="number">{each.packages ?? '–'}</td>
          <td>{each.rebooted ? 'yes' : 'no'}</td>
        </tr>
      ))}
    </PlainTable>
  );
}

function tookOf({ claimedAtMs, endedAtMs }: NodePast): string {
  return claimedAtMs === null || endedAtMs === null ? '–' : duration(endedAtMs - claimedAtMs);
}
