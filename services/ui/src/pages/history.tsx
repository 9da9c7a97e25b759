import { useLocation } from 'preact-iso';
import { counted, named } from '../../../../shared/domain/text.ts';
import { duration } from '../../../../shared/domain/time/show.ts';
import type { RolloutSummary } from '../../../../shared/domain/view/summary.ts';
import { StateBadge } from '../components/badge.tsx';
import { Page } from '../components/page.tsx';
import { ProblemNote } from '../components/problem.tsx';
import { Progress } from '../components/rollout-progress.tsx';
import { type Column, Table } from '../components/table.tsx';
import { Instant, Since } from '../components/time.tsx';
import { useFetched } from '../lib/fetched.ts';
import { overview } from '../lib/overview.ts';
import { rolloutPath } from '../lib/paths.ts';
import { clustersOf, filterRollouts, type HistoryFilter, merged, STATE_CHOICES } from '../view/history.ts';
import { byNumber } from '../view/hosts.ts';
import '../style/history.css';

/** All rollouts there were. */
export function History() {
  const { query, path, route } = useLocation();
  const newest = overview.value?.rollouts ?? [];
  const { data, problem, again } = useFetched<{ readonly rollouts: readonly RolloutSummary[] }>(
    '/rollouts',
    null,
    newest[0]?.id,
  );
  const all = merged(data?.rollouts ?? [], newest);
  const filter = { state: query['state'] ?? '', cluster: query['cluster'] ?? '', text: query['text'] ?? '' };
  const shown = filterRollouts(all, filter);
  const choose = (changed: Partial<HistoryFilter>): void => {
    const said = Object.entries({ ...filter, ...changed }).filter(([, value]) => value !== '');
    const search = new URLSearchParams(said).toString();
    route(search === '' ? path : `${path}?${search}`, true);
  };
  return (
    <Page title="Rollouts">
      <ProblemNote problem={problem} onAgain={again} />
      <Filters filter={filter} clusters={clustersOf(all)} onChoose={choose} />
      <p class="quiet" role="status">
        {shown.length === all.length ? '' : `${shown.length} of `}
        {counted(all.length, 'rollout')}
      </p>
      {data && all.length === 0 && (
        <p>
          There was none yet. <a href="/plan">Make a plan</a> to begin one.
        </p>
      )}
      {shown.length > 0 && <Table label="Rollouts" columns={COLUMNS} rows={shown} keyOf={({ id }) => id} />}
    </Page>
  );
}

interface FiltersProps {
  readonly filter: HistoryFilter;
  readonly clusters: readonly string[];
  readonly onChoose: (changed: Partial<HistoryFilter>) => void;
}

function Filters({ filter, clusters, onChoose }: FiltersProps) {
  return (
    <form class="tools" role="search" onSubmit={event => event.preventDefault()}>
      <label>
        State
        <select value={filter.state} onChange={event => onChoose({ state: event.currentTarget.value })}>
          {STATE_CHOICES.map(([value, word]) => (
            <option key={value} value={value}>
              {word}
            </option>
          ))}
        </select>
      </label>
      <label>
        Cluster
        <select value={filter.cluster} onChange={event => onChoose({ cluster: event.currentTarget.value })}>
          <option value="">all</option>
          {clusters.map(name => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        Id, fleet or person
        <input type="search" value={filter.text} onInput={event => onChoose({ text: event.currentTarget.value })} />
      </label>
    </form>
  );
}

const COLUMNS: readonly Column<RolloutSummary>[] = [
  {
    name: 'Rollout',
    look: 'name',
    cell: ({ id }) => (
      <a href={rolloutPath(id)} class="mono">
        {id}
      </a>
    ),
  },
  { name: 'State', cell: ({ state }) => <StateBadge state={state} /> },
  {
    name: 'Began',
    cell: ({ createdAtMs }) => <Instant atMs={createdAtMs} />,
    order: byNumber(({ createdAtMs }) => createdAtMs),
  },
  { name: 'Took', cell: rollout => <Took rollout={rollout} />, order: byNumber(tookMs) },
  {
    name: 'Nodes',
    cell: ({ nodes }) => (
      <div class="counts">
        <span class="number">
          {nodes.done} of {nodes.total}
          {nodes.failed > 0 && `, ${nodes.failed} failed`}
        </span>
        <Progress nodes={nodes} />
      </div>
    ),
    order: byNumber(({ nodes }) => nodes.total),
  },
  { name: 'Clusters', cell: ({ clusters }) => <span title={clusters.join(', ')}>{named(clusters, 3)}</span> },
  { name: 'By', cell: ({ by }) => by },
  {
    name: 'Report',
    cell: ({ id }) => (
      <a href={`${rolloutPath(id)}/report`} aria-label={`Report of ${id}`}>
        Report
      </a>
    ),
  },
];

function Took({ rollout: { createdAtMs, endedAtMs } }: { readonly rollout: RolloutSummary }) {
  return endedAtMs === null ? <Since atMs={createdAtMs} /> : <>{duration(endedAtMs - createdAtMs)}</>;
}

function tookMs({ createdAtMs, endedAtMs }: RolloutSummary): number | null {
  return endedAtMs === null ? null : endedAtMs - createdAtMs;
}
