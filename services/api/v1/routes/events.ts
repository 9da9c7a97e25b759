import { z } from 'zod';
import { isAct } from '../../../../shared/domain/people.ts';
import { sendStream, wantsStream } from '../live/answer.ts';
import { eventFrames } from '../live/frames.ts';
import type { ApiApp, RouteParts } from '../route.ts';
import { eventId, rolloutParams } from '../schema/common.ts';
import { eventList } from '../schema/event.ts';
import { problems } from '../schema/problem.ts';
import { found } from './rollouts.ts';

const MOST = 5_000;
const LIMIT = `expected a whole number from 1 to ${MOST}`;

const eventsQuery = z.strictObject({
  after: eventId.default(''),
  limit: z.coerce
    .number({ error: LIMIT })
    .int({ error: LIMIT })
    .min(1, { error: LIMIT })
    .max(MOST, { error: LIMIT })
    .default(1_000)
    .describe('Most events of a piece; a stream has no end'),
  acts: z
    .literal('true', { error: 'expected true' })
    .optional()
    .describe(
      'Of a piece only what people did: fewer events than were looked at, up to last. A stream is not narrowed',
    ),
});

const streamed = z
  .string()
  .describe(
    'Server-sent events: id is the id of the event, data the event as JSON; comments keep the connection alive',
  );

const RESPONSE = {
  200: {
    description: 'A piece of the journal, or with Accept: text/event-stream its events as they come',
    content: { 'application/json': { schema: eventList }, 'text/event-stream': { schema: streamed } },
  },
  ...problems('bad-request', 'unknown-rollout', 'not-ready'),
};

/** The journal: in pieces, and live. */
export function eventRoutes(app: ApiApp, { rollouts, heartbeatMs, growth, streams }: RouteParts): void {
  app.get(
    '/rollouts/:id/events',
    {
      exposeHeadRoute: false,
      config: { role: 'viewer' },
      schema: {
        operationId: 'getEvents',
        summary: 'What happened in a rollout, as pieces of JSON or live as server-sent events',
        description:
          'A stream sends what is there already, then each event as it comes. Last-Event-ID, which browsers send by themselves after a lost connection, wins over after.',
        tags: ['rollouts'],
        params: rolloutParams,
        querystring: eventsQuery,
        headers: z.object({ 'last-event-id': eventId.optional() }),
        response: RESPONSE,
      },
    },
    async (request, reply) => {
      const {
        params: { id },
        query: { after, limit, acts },
        headers,
      } = request;
      reply.header('vary', 'accept');
      found(await rollouts.plan(id), id);
      if (!wantsStream(request)) {
        const events = await rollouts.events(id, after, limit);
        const told = acts === 'true' ? events.filter(isAct) : events;
        return { events: told, last: events.at(-1)?.id ?? after, more: events.length === limit };
      }
      const from = headers['last-event-id'] ?? after;
      const frames = (signal: AbortSignal) =>
        eventFrames(rollouts, growth, { rollout: id, after: from, heartbeatMs, signal });
      return sendStream(streams, reply, frames);
    },
  );
}
