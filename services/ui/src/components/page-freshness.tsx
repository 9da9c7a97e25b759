import type { LiveState } from '../lib/live.ts';
import { overviewLive } from '../lib/overview.ts';
import { Freshness } from './freshness.tsx';

/** How fresh what a page itself follows is; where nothing at all comes any more, the shell says so once for all. */
export function PageFreshness({ state }: { readonly state: LiveState }) {
  const isSaid = state.kind === 'lost' && overviewLive().state.value.kind === 'lost';
  return isSaid ? null : <Freshness state={state} />;
}
