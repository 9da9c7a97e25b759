import { counted } from '../../../../../shared/domain/text.ts';
import type { ClusterOverview } from '../../../../../shared/domain/view/overview.ts';
import type { RolloutSummary } from '../../../../../shared/domain/view/summary.ts';
import type { Condition } from '../../view/fleet.ts';
import { Mark } from '../mark.tsx';
import { Since } from '../time.tsx';
import { Facts } from './facts.tsx';

/** So many away nodes are named. */
const NAMED_AWAY = 6;

interface ClusterCardProps {
  readonly cluster: ClusterOverview;
  readonly condition: Condition;
  /** The one under way; undefined: none. */
  readonly rollout: RolloutSummary | undefined;
}

/** A cluster at a glance. */
export function ClusterCard({ cluster, condition, rollout }: ClusterCardProps) {
  const id = `cluster-${cluster.name}`;
  return (
    <article class={`card cluster-card needs-${condition.need}`} aria-labelledby={id}>
      <header>
        <h2 id={id}>
          <a href={`/clusters/${encodeURIComponent(cluster.name)}`}>{cluster.name}</a>
        </h2>
        <span class="quiet">
          {cluster.stage} · {counted(cluster.nodes, cluster.planned && cluster.kubernetes ? 'node' : 'host')}
          {!cluster.kubernetes && ', no Kubernetes'}
        </span>
      </header>
      <ConditionLine condition={condition} />
      <Away cluster={cluster} isTold={condition.need === 'away'} />
      <Facts cluster={cluster} rollout={rollout} />
    </article>
  );
}

/** How something stands, in words and with a mark. */
export function ConditionLine({ condition }: { readonly condition: Condition }) {
  const { need, tone, text, more } = condition;
  return (
    <div class={`condition ${tone}`}>
      <Mark tone={tone} />
      <div>
        <strong>{text}</strong>
        {more !== '' && <p>{need === 'person' ? <a href="/waiting">{more}</a> : more}</p>}
      </div>
    </div>
  );
}

interface AwayProps {
  readonly cluster: Pick<ClusterOverview, 'away' | 'maxUnavailable'>;
  /** Whether it stands above already how many are away. */
  readonly isTold: boolean;
}

/** The nodes that are away now. */
export function Away({ cluster: { away: nodes, maxUnavailable }, isTold }: AwayProps) {
  if (nodes.length === 0) return null;
  const others = nodes.length - NAMED_AWAY;
  return (
    <div class="away">
      {!isTold && (
        <h3>
          {nodes.length} of {maxUnavailable} away
        </h3>
      )}
      <ul>
        {nodes.slice(0, NAMED_AWAY).map(({ node, step, sinceMs }) => (
          <li key={node}>
            <span class="mono">{node}</span>
            <span class="at">
              {step === '' ? 'begins' : step} · <Since atMs={sinceMs} />
            </span>
          </li>
        ))}
        {others > 0 && <li class="quiet">and {others} more</li>}
      </ul>
    </div>
  );
}
