import type { ClusterStatus } from '../../../../../shared/domain/status.ts';
import { about } from '../../../../../shared/domain/words/estimate.ts';
import { ActButton } from '../../components/act.tsx';
import { StateBadge } from '../../components/badge.tsx';
import { type Counts, sumOf } from '../../lib/counts.ts';
import { Progress, Troubles } from './progress.tsx';
import type { RolloutView } from './view.ts';
import { Waits, Warnings } from './waits.tsx';
import { Took, Wave } from './wave.tsx';

interface ClusterProps {
  readonly view: RolloutView;
  readonly cluster: ClusterStatus;
  readonly isOver: boolean;
}

/** A cluster with its waves. */
export function Cluster({ view, cluster, isOver }: ClusterProps) {
  const counts = sumOf(cluster.waves.map(wave => view.picture.counts(cluster.name, wave.index).value));
  return (
    <section class={`rollout-cluster card ${cluster.state}`} aria-label={`cluster ${cluster.name}`}>
      <h3>
        {cluster.name}
        <StateBadge state={cluster.state} />
        <Troubles counts={counts} />
        <Progress counts={counts} label={cluster.name} />
        <span class="number">
          {counts.done + counts['left-out']}/{counts.total}
        </span>
        <Took of={cluster} />
        {cluster.state !== 'done' && <Facts view={view} cluster={cluster} isOver={isOver} counts={counts} />}
      </h3>
      <Waits waiting={cluster.waiting} />
      <Warnings texts={cluster.warnings} />
      {cluster.waves.map(wave => (
        <Wave key={wave.index} view={view} wave={wave} isOver={isOver} />
      ))}
    </section>
  );
}

function Facts({ view, cluster, isOver, counts }: ClusterProps & { readonly counts: Counts }) {
  const head = view.picture.head.value;
  const most = head?.clusters.find(({ name }) => name === cluster.name)?.maxUnavailable;
  const left = head?.estimate?.clusters.find(({ name }) => name === cluster.name);
  const { name, failureBudget } = cluster;
  return (
    <span class="limits">
      {most !== undefined && (
        <span>
          away{' '}
          <b class="number">
            {counts.slots}/{most}
          </b>
        </span>
      )}
      {left && !isOver && <span>{about(left.leftMs)} left</span>}
      {failureBudget !== null && (
        <span>
          failed{' '}
          <b class="number">
            {counts.failed}/{failureBudget}
          </b>
        </span>
      )}
      {failureBudget !== null && !isOver && (
        <ActButton
          rollout={view.id}
          command={{ kind: 'failure-budget', place: { of: 'cluster', cluster: name }, budget: failureBudget }}
          now={failureBudget}
          label="Change"
        />
      )}
    </span>
  );
}
