import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Problem } from '../../problem.ts';
import { eventFrames } from '../live/frames.ts';
import { Growth } from '../live/growth.ts';
import { Streams } from '../live/streams.ts';
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
export function eventRoutes(app: ApiApp, { rollouts, heartbeatMs }: RouteParts): void {
  const growth = new Growth(rollouts);
  const streams = new Streams();
  app.addHook('preClose', () => streams.stop());
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
    async ({ params: { id }, query: { after, limit }, headers }, reply) => {
      reply.header('vary', 'accept');
      found(await rollouts.plan(id), id);
      if (!headers.accept?.includes('text/event-stream')) {
        const events = await rollouts.events(id, after, limit);
        return { events, last: events.at(-1)?.id ?? after, more: events.length === limit };
      }
      if (streams.full) throw new Problem('not-ready', 'too many event streams are open');
      const from = headers['last-event-id'] ?? after;
      const frames = (signal: AbortSignal) =>
        eventFrames(rollouts, growth, { rollout: id, after: from, heartbeatMs, signal });
      return asStream(reply).send(streams.open(reply.raw, frames));
    },
  );
}

/** No proxy may keep the events back until there are more of them. */
function asStream(reply: FastifyReply): FastifyReply {
  return reply.header('content-type', 'text/event-stream').header('x-accel-buffering', 'no');
}
