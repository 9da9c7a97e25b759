import { z } from 'zod';
import { renderMarkdown } from '../../../../shared/domain/report/markdown/markdown.ts';
import { reportOf } from '../../../../shared/domain/report/report-of.ts';
import { isZone } from '../../../../shared/domain/time/zone.ts';
import type { ApiApp, RouteParts } from '../route.ts';
import { rolloutParams } from '../schema/common.ts';
import { problems } from '../schema/problem.ts';
import { rolloutReport } from '../schema/report.ts';
import { found } from './rollouts.ts';

const reportQuery = z.strictObject({
  format: z
    .enum(['json', 'markdown'], { error: 'expected json or markdown' })
    .default('json')
    .describe('Data, or a page of GitHub Markdown'),
  zone: z
    .string()
    .refine(isZone, { error: 'expected the name of a time zone, such as Europe/Berlin' })
    .default('UTC')
    .describe('Whose clocks the times in markdown are of'),
});

const RESPONSE = {
  200: {
    description: 'The report; of a rollout that goes on, how far it is',
    content: {
      'application/json': { schema: rolloutReport },
      'text/markdown': { schema: z.string() },
    },
  },
  ...problems('bad-request', 'unknown-rollout', 'not-ready'),
};

/** What a change record takes in. */
export function reportRoutes(app: ApiApp, { rollouts }: RouteParts): void {
  app.get(
    '/rollouts/:id/report',
    {
      config: { role: 'viewer' },
      schema: {
        operationId: 'getReport',
        summary: 'What was planned, what changed on each node, and what did not go as planned',
        tags: ['rollouts'],
        params: rolloutParams,
        querystring: reportQuery,
        response: RESPONSE,
      },
    },
    async ({ params: { id }, query: { format, zone } }, reply) => {
      const plan = found(await rollouts.plan(id), id);
      const report = reportOf(plan, id, await rollouts.events(id));
      if (format === 'json') return report;
      return reply.type('text/markdown; charset=utf-8').serializer(String).send(renderMarkdown(report, { zone }));
    },
  );
}
