import { z } from 'zod';
import type { ApiApp, RouteParts } from '../route.ts';
import { auditEntry } from '../schema/access.ts';
import { answer, eventId } from '../schema/common.ts';
import { problems } from '../schema/problem.ts';

const MOST = 1_000;
const LIMIT = `expected a whole number from 1 to ${MOST}`;

const auditQuery = z.strictObject({
  after: eventId
    .optional()
    .describe('Only what came after this entry; empty: from the beginning; missing: the last ones'),
  limit: z.coerce
    .number({ error: LIMIT })
    .int({ error: LIMIT })
    .min(1, { error: LIMIT })
    .max(MOST, { error: LIMIT })
    .default(100)
    .describe('Most entries of a piece'),
});

const auditList = z.object({
  entries: z.array(auditEntry).describe('Oldest first'),
  last: z.string().describe('To be given as after for the next piece'),
});

/** What was done through HTTP, and by whom. */
export function auditRoutes(app: ApiApp, { audit }: RouteParts): void {
  app.get(
    '/audit',
    {
      config: { role: 'admin' },
      schema: {
        operationId: 'getAudit',
        summary: 'What was done through HTTP and by whom, who logged in, and who was refused',
        tags: ['access'],
        querystring: auditQuery,
        response: { 200: answer('A piece of the audit log', auditList), ...problems('bad-request', 'not-ready') },
      },
    },
    async ({ query: { after, limit } }) => {
      const entries = await audit.list(after === '' ? '0-0' : (after ?? null), limit);
      return { entries, last: entries.at(-1)?.id ?? after ?? '' };
    },
  );
}
