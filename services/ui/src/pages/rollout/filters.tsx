import { sumOf } from '../../lib/counts.ts';
import { countOf, FILTERS, type FilterName } from './model/filter.ts';
import type { RolloutView } from './view.ts';

const WORDS: Readonly<Record<FilterName, string>> = {
  all: 'All',
  away: 'Away',
  failed: 'Failed',
  waiting: 'Waiting',
  pending: 'To go',
  done: 'Done',
  'left-out': 'Left out',
};

/** Which nodes are shown: by state, and by name. */
export function Filters({ view }: { readonly view: RolloutView }) {
  const filter = view.filter.value;
  const clusters = view.picture.head.value?.rollout.clusters ?? [];
  const counts = sumOf(
    clusters.flatMap(({ name, waves }) => waves.map(wave => view.picture.counts(name, wave.index).value)),
  );
  return (
    <div class="filters" role="group" aria-label="Which nodes are shown">
      {FILTERS.map(name => {
        const count = countOf(counts, name);
        if (name === 'left-out' && count === 0) return null;
        return (
          <button
            key={name}
            type="button"
            class={`chip ${name}`}
            aria-pressed={filter.name === name}
            onClick={() => view.setFilter({ ...filter, name })}
          >
            {WORDS[name]} <span class="number">{count}</span>
          </button>
        );
      })}
      <input
        type="search"
        placeholder="cluster/node"
        aria-label="Search nodes by name"
        value={filter.search}
        onInput={event => view.setFilter({ ...filter, search: event.currentTarget.value })}
      />
    </div>
  );
}
