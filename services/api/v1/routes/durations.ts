import { z } from 'zod';
import type { NodeTimes } from '../../../../shared/domain/durations/times.ts';
import type { ApiApp, RouteParts } from '../route.ts';
import { answer, describes, name, stepName, timeMs } from '../schema/common.ts';
import { problems } from '../schema/problem.ts';

const times = describes<NodeTimes>()({
  id: z.string(),
  atMs: timeMs('When the node was done'),
  steps: z.partialRecord(stepName, z.number()).describe('ms; what steps waited for others is not counted'),
}).meta({ id: 'NodeTimes', description: 'How long a round of a node took that ended well' });

const clusterTimes = z.record(z.string(), z.array(times)).describe('By kind of node, the oldest first');

/** What nodes took before: what estimates are made from. */
export function durationRoutes(app: ApiApp, { rollouts }: RouteParts): void {
  app.get(
    '/clusters/:cluster/durations',
    {
      config: { role: 'viewer' },
      schema: {
        operationId: 'getDurations',
        summary: 'What the last nodes of a cluster took, step by step; empty where none is known',
        tags: ['nodes'],
        params: z.strictObject({ cluster: name('Name of the cluster') }),
        response: { 200: answer('The times', clusterTimes), ...problems('bad-request', 'not-ready') },
      },
    },
    async ({ params: { cluster } }) => rollouts.durations(cluster),
  );
}
