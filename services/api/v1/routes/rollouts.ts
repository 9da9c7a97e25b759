import { z } from 'zod';
import { Problem } from '../../problem.ts';
import type { ApiApp, RouteParts } from '../route.ts';
import { answer, rolloutParams } from '../schema/common.ts';
import { planSchema } from '../schema/plan.ts';
import { problems } from '../schema/problem.ts';
import { rolloutList } from '../schema/rollout.ts';
import { approvalList, rolloutStatus } from '../schema/status.ts';

const flag = z.enum(['true', 'false'], { error: 'expected true or false' });

const statusQuery = z.strictObject({
  nodes: flag.default('true').describe('false: without the nodes, which are most of it'),
});

/** What reads whole rollouts. */
export function rolloutRoutes(app: ApiApp, { rollouts, statuses }: RouteParts): void {
  app.get(
    '/rollouts',
    {
      config: { role: 'viewer' },
      schema: {
        operationId: 'listRollouts',
        summary: 'All rollouts, newest first',
        tags: ['rollouts'],
        response: { 200: answer('The rollouts', rolloutList), ...problems('not-ready') },
      },
    },
    async () => ({ rollouts: (await rollouts.list()).toSorted((a, b) => b.createdAtMs - a.createdAtMs) }),
  );

  app.get(
    '/rollouts/:id',
    {
      config: { role: 'viewer' },
      schema: {
        operationId: 'getRollout',
        summary: 'How a rollout stands: clusters, waves, nodes with their steps, counts, what waits',
        tags: ['rollouts'],
        params: rolloutParams,
        querystring: statusQuery,
        response: { 200: answer('The status', rolloutStatus), ...READ_PROBLEMS },
      },
    },
    async ({ params, query }) => {
      const { nodes, ...status } = found(await statuses.status(params.id), params.id);
      return query.nodes === 'true' ? { ...status, nodes } : status;
    },
  );
}

/** What reads parts of a rollout: its plan, its approvals. */
export function partRoutes(app: ApiApp, { rollouts, statuses }: RouteParts): void {
  app.get(
    '/rollouts/:id/plan',
    {
      config: { role: 'viewer' },
      schema: {
        operationId: 'getPlan',
        summary: 'The frozen plan of a rollout',
        tags: ['rollouts'],
        params: rolloutParams,
        response: { 200: answer('The plan', planSchema), ...READ_PROBLEMS },
      },
    },
    async ({ params }) => found(await rollouts.plan(params.id), params.id),
  );

  app.get(
    '/rollouts/:id/approvals',
    {
      config: { role: 'viewer' },
      schema: {
        operationId: 'listApprovals',
        summary: 'The approvals a rollout asked for, in the order in which it first did',
        tags: ['rollouts'],
        params: rolloutParams,
        response: { 200: answer('The approvals', approvalList), ...READ_PROBLEMS },
      },
    },
    async ({ params }) => ({ approvals: found(await statuses.status(params.id), params.id).approvals }),
  );
}

const READ_PROBLEMS = problems('bad-request', 'unknown-rollout', 'not-ready');

/** What was looked up; Problem unknown-rollout when there is none. */
export function found<T>(value: T | null, rollout: string): T {
  if (value === null) throw new Problem('unknown-rollout', `there is no rollout ${rollout}`);
  return value;
}
