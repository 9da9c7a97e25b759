import type { ClusterStatus } from '../../../../../shared/domain/status.ts';
import { Cluster } from './cluster.tsx';
import type { RolloutView } from './view.ts';

interface Stage {
  readonly name: string;
  readonly clusters: readonly ClusterStatus[];
}

/** Stages with their clusters, in the order of the plan. */
export function Stages({ view }: { readonly view: RolloutView }) {
  const { value: head } = view.picture.head;
  if (!head) return null;
  const { state, clusters } = head.rollout;
  const isOver = state === 'done' || state === 'aborted' || state === 'aborting';
  return (
    <>
      {stagesOf(clusters).map(({ name, clusters: members }) => (
        <section key={name} class="stage" aria-label={`stage ${name}`}>
          <h2>
            Stage {name}
            {members.length > 1 && <span class="quiet"> · {members.length} clusters</span>}
          </h2>
          {members.map(cluster => (
            <Cluster key={cluster.name} view={view} cluster={cluster} isOver={isOver} />
          ))}
        </section>
      ))}
    </>
  );
}

function stagesOf(clusters: readonly ClusterStatus[]): Stage[] {
  const names = [...new Set(clusters.map(({ stage }) => stage))];
  return names.map(name => ({ name, clusters: clusters.filter(({ stage }) => stage === name) }));
}
