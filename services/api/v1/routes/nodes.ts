import type { z } from 'zod';
import { nodeKey } from '../../../../shared/domain/names.ts';
import type { NodeStatus } from '../../../../shared/domain/status.ts';
import { Problem } from '../../problem.ts';
import type { ApiApp, RouteParts } from '../route.ts';
import { answer, nodeParams } from '../schema/common.ts';
import { problems } from '../schema/problem.ts';
import { nodeStatus } from '../schema/status.ts';
import type { StatusCache } from '../status-cache.ts';
import { found } from './rollouts.ts';

type NodeParams = z.output<typeof nodeParams>;

/** Problems of what is asked about a node. */
export const NODE_PROBLEMS = problems('bad-request', 'unknown-rollout', 'unknown-node', 'not-ready');

/** What reads one node. */
export function nodeRoutes(app: ApiApp, { statuses }: RouteParts): void {
  app.get(
    '/rollouts/:id/nodes/:cluster/:node',
    {
      config: { role: 'viewer' },
      schema: {
        operationId: 'getNode',
        summary: 'One node: its steps with attempts, proofs and failures',
        tags: ['nodes'],
        params: nodeParams,
        response: { 200: answer('The node', nodeStatus), ...NODE_PROBLEMS },
      },
    },
    async ({ params }) => nodeOf(statuses, params),
  );
}

/** A node as it stands; Problem when there is none. */
export async function nodeOf(statuses: StatusCache, { id, cluster, node }: NodeParams): Promise<NodeStatus> {
  const { nodes } = found(await statuses.status(id), id);
  const status = nodes[nodeKey(cluster, node)];
  if (!status) throw new Problem('unknown-node', `rollout ${id} has no node ${cluster}/${node}`);
  return status;
}
