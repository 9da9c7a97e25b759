import { useEffect, useRef, useState } from 'preact/hooks';
import type { NodeStatus } from '../../../../../shared/domain/status.ts';
import type { NodeCell } from '../../../../../shared/domain/view/cell.ts';
import { ApiProblem, get } from '../../lib/http.ts';
import { oneAtATime } from '../../lib/one-at-a-time.ts';

/** A node as far as it is known. */
export interface NodeSeen {
  readonly node: NodeStatus | null;
  readonly problem: ApiProblem | null;
}

/** What was not answered is asked for again after this: the cell may stay as it is for good. */
const AGAIN_MS = 3_000;
/** An answer that takes longer is none. */
const PATIENCE_MS = 30_000;
const NOTHING: NodeSeen = { node: null, problem: null };

/** Which node of which rollout. */
export interface NodePlace {
  readonly id: string;
  readonly cluster: string;
  readonly node: string;
}

/** Path of a node below the API. */
export function apiPath({ id, cluster, node }: NodePlace): string {
  return `/rollouts/${encodeURIComponent(id)}/nodes/${encodeURIComponent(cluster)}/${encodeURIComponent(node)}`;
}

/**
 * A node with proofs and accounts, asked for anew whenever its cell is another, and until the server can answer. One question
 * at a time: on a link that is slower than the changes it is as old as an answer takes, but it comes.
 */
export function useNode(place: NodePlace, cell: NodeCell | undefined): NodeSeen {
  const path = apiPath(place);
  const [seen, setSeen] = useState<NodeSeen & { readonly path: string }>({ ...NOTHING, path });
  const ask = useRef(() => {});
  useEffect(() => {
    const abort = new AbortController();
    let timer = 0;
    const wanted = oneAtATime(async () => {
      if (abort.signal.aborted) return;
      clearTimeout(timer);
      try {
        const node = await get<NodeStatus>(path, AbortSignal.any([abort.signal, AbortSignal.timeout(PATIENCE_MS)]));
        setSeen({ node, problem: null, path });
      } catch (error) {
        if (abort.signal.aborted) return;
        const problem =
          error instanceof ApiProblem ? error : new ApiProblem(0, 'no-answer', 'the server does not answer');
        setSeen(before => ({ node: before.path === path ? before.node : null, problem, path }));
        if (problem.status === 0 || problem.status >= 500) timer = window.setTimeout(wanted, AGAIN_MS);
      }
    });
    ask.current = wanted;
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [path]);
  useEffect(() => ask.current(), [path, cell]);
  return seen.path === path ? seen : NOTHING;
}
