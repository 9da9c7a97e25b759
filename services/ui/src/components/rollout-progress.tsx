import type { RolloutSummary } from '../../../../shared/domain/view/summary.ts';
import { rolloutPath } from '../lib/paths.ts';
import { StateBadge } from './badge.tsx';
import { Bar } from './bar.tsx';

/** How far a rollout is, with the way to its page. */
export function RolloutProgress({ rollout: { id, state, nodes } }: { readonly rollout: RolloutSummary }) {
  return (
    <div class="rollout-progress">
      <div class="line">
        <a href={rolloutPath(id)} class="mono">
          {id}
        </a>
        <StateBadge state={state} />
        <span class="quiet number">
          {nodes.done} of {nodes.total} done{nodes.failed > 0 && `, ${nodes.failed} failed`}
        </span>
      </div>
      <Progress nodes={nodes} />
    </div>
  );
}

/** Done and failed nodes as a bar. */
export function Progress({ nodes }: { readonly nodes: RolloutSummary['nodes'] }) {
  return (
    <Bar
      label="Nodes"
      total={nodes.total}
      parts={[
        { name: 'done', value: nodes.done, tone: 'good' },
        { name: 'failed', value: nodes.failed, tone: 'bad' },
      ]}
    />
  );
}
