import { signal } from '@preact/signals';
import type { Overview } from '../../../../shared/domain/view/overview.ts';
import { setServerTime } from './clock.ts';
import { follow, type Live } from './live.ts';

/** What all pages share; null: nothing has come yet. */
export const overview = signal<Overview | null>(null);

let live: Live | null = null;

/** The one stream of overviews, opened when first asked for. */
export function overviewLive(): Live {
  const take = (data: unknown): void => {
    overview.value = data as Overview;
    setServerTime(overview.value.atMs);
  };
  // The browser's title tells of it also where the page cannot be seen.
  live ??= follow('/overview', { overview: take }, 'overview');
  return live;
}
