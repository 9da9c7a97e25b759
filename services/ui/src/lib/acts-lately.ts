import { useEffect, useState } from 'preact/hooks';
import type { ActEvent } from '../../../../shared/domain/people.ts';
import { get } from './http.ts';

const PIECE = 5_000;

interface Piece {
  readonly events: readonly ActEvent[];
  readonly last: string;
  readonly more: boolean;
}

/** What people did in a rollout (null: in none), the newest first; looked for anew when `key` is another. */
export function useActsLately(rollout: string | null, key: unknown): readonly ActEvent[] {
  const [acts, setActs] = useState<readonly ActEvent[]>([]);
  useEffect(() => {
    if (rollout === null) return;
    const abort = new AbortController();
    // What cannot be read is not shown: nothing on the page depends on it.
    gather(rollout, abort.signal).then(setActs, () => undefined);
    return () => abort.abort();
  }, [rollout, key]);
  return acts;
}

async function gather(rollout: string, signal: AbortSignal): Promise<readonly ActEvent[]> {
  const path = `/rollouts/${encodeURIComponent(rollout)}/events?acts=true&limit=${PIECE}`;
  const acts: ActEvent[] = [];
  for (let last = '', more = true; more; ) {
    const piece = await get<Piece>(`${path}&after=${last}`, signal);
    acts.push(...piece.events);
    ({ last, more } = piece);
  }
  return acts.toReversed();
}
