import type { ReadonlySignal } from '@preact/signals';
import { type Signal, signal } from '@preact/signals';
import type { Picture } from '../../lib/picture.ts';
import { type Filter, NO_FILTER } from './model/filter.ts';
import type { Usual } from './usual.ts';

/** What the parts of a rollout's page share. */
export interface RolloutView {
  readonly id: string;
  readonly picture: Picture;
  readonly usual: Usual;
  readonly filter: ReadonlySignal<Filter>;
  readonly setFilter: (filter: Filter) => void;
  /** Waves that a person opened or closed, by `cluster/wave`; others are as they are by themselves. */
  readonly open: Signal<ReadonlyMap<string, boolean>>;
}

/** A view of a picture, nothing filtered. */
export function newView(id: string, picture: Picture): RolloutView {
  const filter = signal(NO_FILTER);
  return {
    id,
    picture,
    usual: cluster => picture.head.peek()?.clusters.find(({ name }) => name === cluster)?.usualMs ?? {},
    filter,
    setFilter: next => {
      filter.value = next;
    },
    open: signal(new Map()),
  };
}
