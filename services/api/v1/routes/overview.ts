import { liveAnswer, sendStream, wantsStream } from '../live/answer.ts';
import { Ticks } from '../live/sse.ts';
import type { ApiApp, RouteParts } from '../route.ts';
import { overviewSchema } from '../schema/overview.ts';
import { problems } from '../schema/problem.ts';

const EVENTS =
  'overview (all of it) first, and again when something is another, at most once a second; tick with atMs every 5 s';

/** Everything beside a single rollout, live. */
export function overviewRoutes(app: ApiApp, parts: RouteParts): void {
  const { rollouts, overviews, overviewStream, streams, tickMs } = parts;
  app.get(
    '/overview',
    {
      exposeHeadRoute: false,
      config: { role: 'viewer' },
      schema: {
        operationId: 'getOverview',
        summary: 'Clusters with what is due and away, rollouts, what waits for a person, schedules, engines',
        tags: ['overview'],
        response: { 200: liveAnswer('The overview', overviewSchema, EVENTS), ...problems('not-ready') },
      },
    },
    async (request, reply) => {
      reply.header('vary', 'accept');
      if (!wantsStream(request)) return overviews.overview();
      const ticks = new Ticks(() => rollouts.now(), tickMs);
      return sendStream(streams, reply, signal => overviewStream.frames(ticks, signal));
    },
  );
}
