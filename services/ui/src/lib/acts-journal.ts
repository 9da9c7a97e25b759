import { useEffect, useRef, useState } from 'preact/hooks';
import type { ActEvent } from '../../../../shared/domain/people.ts';
import { get } from './http.ts';

const PIECE = 5_000;
const LEAST_MS = 2_000;

interface Piece {
  readonly events: readonly ActEvent[];
  readonly last: string;
  readonly more: boolean;
}

/**
 * All that people did in a rollout (null: in none), the oldest first; null: not known yet. What came since is asked for
 * whenever `version` is another, at most every 2 s.
 */
export function useActs(rollout: string | null, version: () => unknown): readonly ActEvent[] | null {
  const [seen, setSeen] = useState<{ readonly rollout: string; readonly acts: readonly ActEvent[] } | null>(null);
  const now = useRef(version);
  now.current = version;
  useEffect(() => {
    if (rollout === null) return;
    const abort = new AbortController();
    const found = (acts: readonly ActEvent[]) => setSeen({ rollout, acts });
    void gatherActs({ rollout, version: () => now.current(), found }, abort.signal);
    return () => abort.abort();
  }, [rollout]);
  return seen?.rollout === rollout ? seen.acts : null;
}

interface Gathering {
  readonly rollout: string;
  /** Another one: there may be something new. */
  readonly version: () => unknown;
  /** Told of all there are, the oldest first. */
  readonly found: (acts: readonly ActEvent[]) => void;
}

/** Gathers what people do until the signal aborts: no event is asked for twice, however often there may be something new. */
export async function gatherActs({ rollout, version, found }: Gathering, signal: AbortSignal): Promise<void> {
  const path = `/rollouts/${encodeURIComponent(rollout)}/events?acts=true&limit=${PIECE}`;
  let acts: readonly ActEvent[] = [];
  let last = '';
  let known: { readonly version: unknown } | null = null;
  while (!signal.aborted) {
    const wanted = { version: version() };
    if (known === null || known.version !== wanted.version) {
      const piece = await get<Piece>(`${path}&after=${last}`, signal).catch(() => null);
      if (piece) {
        acts = [...acts, ...piece.events];
        last = piece.last;
        if (piece.more) continue;
        known = wanted;
        if (!signal.aborted) found(acts);
      }
    }
    await new Promise(resolve => setTimeout(resolve, LEAST_MS));
  }
}
