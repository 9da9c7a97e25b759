import { useEffect, useState } from 'preact/hooks';
import type { NodeStatus } from '../../../../../shared/domain/status.ts';
import type { NodeCell } from '../../../../../shared/domain/view/cell.ts';
import { ApiProblem, get } from '../../lib/http.ts';

/** A node as far as it is known. */
export interface NodeSeen {
  readonly node: NodeStatus | null;
  readonly problem: ApiProblem | null;
}

/** What was not answered is asked for again after this: the cell may stay as it is for good. */
const AGAIN_MS = 3_000;
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

/** A node with proofs and accounts, asked for anew whenever its cell is another, and until the server can answer. */
export function useNode(place: NodePlace, cell: NodeCell | undefined): NodeSeen {
  const path = apiPath(place);
  const [seen, setSeen] = useState<NodeSeen & { readonly path: string }>({ ...NOTHING, path });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const abort = new AbortController();
    let timer = 0;
    get<NodeStatus>(path, abort.signal).then(
      node => setSeen({ node, problem: null, path }),
      (error: unknown) => {
        if (abort.signal.aborted || !(error instanceof ApiProblem)) return;
        setSeen(before => ({ node: before.path === path ? before.node : null, problem: error, path }));
        if (error.status === 0 || error.status >= 500) timer = window.setTimeout(() => setTurn(turn + 1), AGAIN_MS);
      },
    );
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [path, cell, turn]);
  return seen.path === path ? seen : NOTHING;
}
