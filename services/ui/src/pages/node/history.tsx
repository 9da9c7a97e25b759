import { useEffect, useState } from 'preact/hooks';
import { duration } from '../../../../../shared/domain/time/show.ts';
import type { NodePast } from '../../../../../shared/domain/view/history.ts';
import { StateBadge } from '../../components/badge.tsx';
import { Instant } from '../../components/time.tsx';
import { get } from '../../lib/http.ts';
import { nodePath } from '../../lib/paths.ts';
import type { NodePlace } from './use-node.ts';

/** What other rollouts did to a node. */
export function History({ place: { id, cluster, node } }: { readonly place: NodePlace }) {
  const [past, setPast] = useState<readonly NodePast[] | null>(null);
  useEffect(() => {
    const abort = new AbortController();
    const path = `/clusters/${encodeURIComponent(cluster)}/nodes/${encodeURIComponent(node)}/history`;
    get<{ readonly rollouts: readonly NodePast[] }>(path, abort.signal).then(
      ({ rollouts }) => setPast(rollouts),
      () => undefined,
    );
    return () => abort.abort();
  }, [id, cluster, node]);
  const others = (past ?? []).filter(({ rollout }) => rollout !== id);
  return (
    <section class="card" aria-label="Other rollouts">
      <h2>Other rollouts of this node</h2>
      {others.length === 0 ? (
        <p class="quiet">{past === null ? 'Reading…' : 'None is kept.'}</p>
      ) : (
        <PastTable past={others} cluster={cluster} node={node} />
      )}
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
    <div class="scroll" tabIndex={0} role="region" aria-label="Table of other rollouts">
      <table>
        <thead>
          <tr>
            {['Rollout', 'When', 'Outcome', 'Took', 'Packages', 'Rebooted'].map(each => (
              <th key={each} scope="col">
                {each}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
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
        </tbody>
      </table>
    </div>
  );
}

function tookOf({ claimedAtMs, endedAtMs }: NodePast): string {
  return claimedAtMs === null || endedAtMs === null ? '–' : duration(endedAtMs - claimedAtMs);
}
