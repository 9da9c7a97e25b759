import { liveAnswer, sendStream, wantsStream } from '../live/answer.ts';
import { Ticks } from '../live/sse.ts';
import type { ApiApp, RouteParts } from '../route.ts';
import { rolloutParams } from '../schema/common.ts';
import { rolloutPicture } from '../schema/picture.ts';
import { problems } from '../schema/problem.ts';
import { found } from './rollouts.ts';

const EVENTS =
  'picture (all of it) first; then change, at most four a second, with what is different since: of rollout and its clusters and waves the fields that differ, and whole cells; tick with atMs every 5 s';

/** A whole rollout for a page, live. */
export function pictureRoutes(app: ApiApp, parts: RouteParts): void {
  const { rollouts, pictures, pictureStreams, streams, tickMs } = parts;
  app.get(
    '/rollouts/:id/picture',
    {
      exposeHeadRoute: false,
      config: { role: 'viewer' },
      schema: {
        operationId: 'getPicture',
        summary: 'A whole rollout for a page: its status with cells in the place of nodes, and what is left',
        tags: ['rollouts'],
        params: rolloutParams,
        response: {
          200: liveAnswer('The picture', rolloutPicture, EVENTS),
          ...problems('bad-request', 'unknown-rollout', 'not-ready'),
        },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      reply.header('vary', 'accept');
      if (!wantsStream(request)) return found(await pictures.picture(id), id);
      found(await rollouts.plan(id), id);
      const ticks = new Ticks(() => rollouts.now(), tickMs);
      return sendStream(streams, reply, signal => pictureStreams.frames(id, ticks, signal));
    },
  );
}
