import { useEffect, useState } from 'preact/hooks';
import type { ActEvent } from '../../../../shared/domain/people.ts';
import { get } from './http.ts';
import type { Picture } from './picture.ts';

const PIECE = 5_000;
const LEAST_MS = 3_000;

interface Piece {
  readonly events: readonly ActEvent[];
  readonly last: string;
  readonly more: boolean;
}

/** All that people did in a rollout, the oldest first, looked for anew as it goes on; null: not known yet. */
export function useActs(rollout: string, picture: Picture): readonly ActEvent[] | null {
  const [acts, setActs] = useState<readonly ActEvent[] | null>(null);
  useEffect(() => {
    const abort = new AbortController();
    void gather(rollout, picture, abort.signal, setActs);
    return () => abort.abort();
  }, [rollout, picture]);
  return acts;
}

async function gather(
  rollout: string,
  picture: Picture,
  signal: AbortSignal,
  found: (acts: readonly ActEvent[]) => void,
): Promise<void> {
  const path = `/rollouts/${encodeURIComponent(rollout)}/events?acts=true&limit=${PIECE}`;
  let acts: readonly ActEvent[] = [];
  let last = '';
  while (!signal.aborted) {
    if (last === '' || last !== picture.head.peek()?.rollout.lastEventId) {
      const piece = await get<Piece>(`${path}&after=${last}`, signal).catch(() => null);
      if (piece) {
        acts = [...acts, ...piece.events];
        last = piece.last;
        if (piece.more) continue;
        found(acts);
      }
    }
    await new Promise(resolve => setTimeout(resolve, LEAST_MS));
  }
}
