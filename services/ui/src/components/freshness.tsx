import { duration } from '../../../../shared/domain/time/show.ts';
import { now } from '../lib/clock.ts';
import type { LiveState } from '../lib/live.ts';

/** Says so when what is shown is not live; nothing else may look live then. */
export function Freshness({ state }: { readonly state: LiveState }) {
  if (state.kind === 'live') return null;
  if (state.kind === 'connecting') return <p class="notice quiet">Connecting…</p>;
  if (state.kind === 'refused') {
    return (
      <p class="notice bad" role="alert">
        {state.problem.message}
      </p>
    );
  }
  // Asked for so that the age moves on.
  void now.value;
  return (
    <p class="notice bad" role="alert">
      Connection lost: this is how it stood {duration(Date.now() - state.sinceMs)} ago. Trying again by itself.
    </p>
  );
}
