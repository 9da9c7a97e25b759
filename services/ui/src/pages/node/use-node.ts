import { useEffect, useState } from 'preact/hooks';
import type { NodeStatus } from '../../../../../shared/domain/status.ts';
import type { NodeCell } from '../../../../../shared/domain/view/cell.ts';
import { ApiProblem, get } from '../../lib/http.ts';

/** A node as far as it is known. */
export interface NodeSeen {
  readonly node: NodeStatus | null;
  readonly problem: ApiProblem | null;
}

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

/** A node with proofs and accounts, asked for anew whenever its cell is another. */
export function useNode(place: NodePlace, cell: NodeCell | undefined): NodeSeen {
  const path = apiPath(place);
  const [seen, setSeen] = useState<NodeSeen & { readonly path: string }>({ ...NOTHING, path });
  useEffect(() => {
    const abort = new AbortController();
    get<NodeStatus>(path, abort.signal).then(
      node => setSeen({ node, problem: null, path }),
      (error: unknown) => {
        if (abort.signal.aborted || !(error instanceof ApiProblem)) return;
        setSeen(before => ({ node: before.path === path ? before.node : null, problem: error, path }));
      },
    );
    return () => abort.abort();
  }, [path, cell]);
  return seen.path === path ? seen : NOTHING;
}
