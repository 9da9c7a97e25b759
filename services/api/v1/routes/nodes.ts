import { z } from 'zod';
import { nodeKey } from '../../../../shared/domain/names.ts';
import type { NodeStatus } from '../../../../shared/domain/status.ts';
import { STEPS, type StepName } from '../../../../shared/domain/steps.ts';
import type { ApiRollouts } from '../../ports.ts';
import { Problem } from '../../problem.ts';
import type { ApiApp, RouteParts } from '../route.ts';
import { answer, nodeParams, stepName } from '../schema/common.ts';
import { nodeLog } from '../schema/log.ts';
import { problems } from '../schema/problem.ts';
import { nodeStatus } from '../schema/status.ts';
import type { StatusCache } from '../status-cache.ts';
import { found } from './rollouts.ts';

type NodeParams = z.output<typeof nodeParams>;

const PROBLEMS = problems('bad-request', 'unknown-rollout', 'unknown-node', 'not-ready');

const whole = (min: number) =>
  z.coerce
    .number({ error: `expected a whole number from ${min}` })
    .int({ error: `expected a whole number from ${min}` })
    .min(min, { error: `expected a whole number from ${min}` });

const logQuery = z.strictObject({
  step: stepName.optional().describe('Only of this step; missing: of all that have printed something'),
  round: whole(1).optional().describe('Missing: the latest'),
  from: whole(0).default(0).describe('The row to begin with'),
});

/** What reads one node. */
export function nodeRoutes(app: ApiApp, { rollouts, statuses }: RouteParts): void {
  app.get(
    '/rollouts/:id/nodes/:cluster/:node',
    {
      config: { role: 'viewer' },
      schema: {
        operationId: 'getNode',
        summary: 'One node: its steps with attempts, proofs and failures',
        tags: ['nodes'],
        params: nodeParams,
        response: { 200: answer('The node', nodeStatus), ...PROBLEMS },
      },
    },
    async ({ params }) => nodeOf(statuses, params),
  );

  app.get(
    '/rollouts/:id/nodes/:cluster/:node/log',
    {
      config: { role: 'viewer' },
      schema: {
        operationId: 'getNodeLog',
        summary: 'What the commands on a node printed, and after » what the steps did',
        tags: ['nodes'],
        params: nodeParams,
        querystring: logQuery,
        response: { 200: answer('The rows, step by step', nodeLog), ...PROBLEMS },
      },
    },
    async ({ params, query }) => {
      const node = await nodeOf(statuses, params);
      const round = query.round ?? node.round;
      const asked = query.step === undefined ? STEPS : [query.step];
      const of = { cluster: params.cluster, node: params.node, round };
      const steps =
        round === 0 ? [] : await Promise.all(asked.map(step => rows(rollouts, params.id, { ...of, step }, query.from)));
      return { round, steps: steps.filter(({ step, rows }) => rows.length > 0 || step === query.step) };
    },
  );
}

async function rows(
  rollouts: ApiRollouts,
  id: string,
  of: { cluster: string; node: string; round: number; step: StepName },
  from: number,
) {
  const rows = await rollouts.stepLog(id, of, from);
  return { step: of.step, from, rows, next: from + rows.length };
}

async function nodeOf(statuses: StatusCache, { id, cluster, node }: NodeParams): Promise<NodeStatus> {
  const { nodes } = found(await statuses.status(id), id);
  const status = nodes[nodeKey(cluster, node)];
  if (!status) throw new Problem('unknown-node', `rollout ${id} has no node ${cluster}/${node}`);
  return status;
}
