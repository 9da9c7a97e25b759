import type { FastifyError, FastifyInstance } from 'fastify';
import { validatorCompiler } from 'fastify-type-provider-zod';
import type { AuditLog } from '../../../shared/ports/access.ts';
import type { ServiceLog } from '../../common/log.ts';
import type { PlanningDesk } from '../../common/planning/desk.ts';
import type { Access } from '../access/access.ts';
import type { ApiRollouts, OverviewSources } from '../ports.ts';
import { Problem, sendProblem } from '../problem.ts';
import { registerDocument } from './document.ts';
import { logFault, sendError } from './errors.ts';
import { Growth } from './live/growth.ts';
import { OverviewStream } from './live/overview-stream.ts';
import { Overviews } from './live/overviews.ts';
import { PictureStreams } from './live/picture-stream.ts';
import { Pictures } from './live/pictures.ts';
import { Streams } from './live/streams.ts';
import type { ApiApp, RouteParts } from './route.ts';
import { auditRoutes } from './routes/audit.ts';
import { commandRoutes } from './routes/commands.ts';
import { beginRoutes, draftRoutes } from './routes/drafts.ts';
import { durationRoutes } from './routes/durations.ts';
import { engineRoutes } from './routes/engines.ts';
import { eventRoutes } from './routes/events.ts';
import { historyRoutes } from './routes/history.ts';
import { logRoutes } from './routes/log.ts';
import { nodeRoutes } from './routes/nodes.ts';
import { overviewRoutes } from './routes/overview.ts';
import { pictureRoutes } from './routes/picture.ts';
import { reportRoutes } from './routes/report.ts';
import { partRoutes, rolloutRoutes } from './routes/rollouts.ts';
import { scheduleRoutes } from './routes/schedules.ts';
import { sessionRoutes } from './routes/session.ts';
import { surveyRoutes } from './routes/surveys.ts';
import { StatusCache } from './status-cache.ts';

/** Where the API is served. */
export const API_PATH = '/api/v1';

const HEARTBEAT_MS = 15_000;

/** What the API answers from. */
export interface ApiV1Parts {
  readonly rollouts: ApiRollouts;
  readonly access: Access;
  readonly overview: OverviewSources;
  readonly log: ServiceLog;
  readonly audit: AuditLog;
  readonly planning: PlanningDesk;
  notReady(): Promise<string | null>;
  /** Silence of an event stream after which a comment is sent; default: 15 s. */
  readonly heartbeatMs?: number | undefined;
  /** Between two ticks of a live picture; default: 5 s. */
  readonly tickMs?: number | undefined;
}

/** Adds the API, version 1. Who may ask is judged before. */
export async function registerApi(server: FastifyInstance, parts: ApiV1Parts): Promise<void> {
  await server.register(
    async plain => {
      const app = plain.withTypeProvider() as unknown as ApiApp;
      app.setValidatorCompiler(validatorCompiler);
      // What answers hold is checked against their schemas by tests; a value too much must not make an answer fail.
      app.setSerializerCompiler(() => JSON.stringify);
      app.setErrorHandler((error: FastifyError, _request, reply) => sendError(error, reply, parts));
      app.setNotFoundHandler((request, reply) =>
        sendProblem(reply, new Problem('no-such-path', `there is no ${request.method} ${request.url.split('?')[0]}`)),
      );
      onlyJson(app);
      app.addHook('onRequest', async (_request, reply) => {
        reply.headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
      });
      await registerDocument(app);
      const routes = routeParts(parts);
      app.addHook('preClose', () => routes.streams.stop());
      for (const add of ROUTES) add(app, routes);
    },
    { prefix: API_PATH },
  );
}

const ROUTES = [
  reportRoutes,
  durationRoutes,
  rolloutRoutes,
  partRoutes,
  pictureRoutes,
  overviewRoutes,
  nodeRoutes,
  logRoutes,
  historyRoutes,
  eventRoutes,
  commandRoutes,
  engineRoutes,
  sessionRoutes,
  auditRoutes,
  draftRoutes,
  beginRoutes,
  surveyRoutes,
  scheduleRoutes,
];

function routeParts(parts: ApiV1Parts): RouteParts {
  const { rollouts, overview, planning, access, audit, heartbeatMs = HEARTBEAT_MS, tickMs } = parts;
  const statuses = new StatusCache(rollouts);
  const growth = new Growth(rollouts);
  const pictures = new Pictures(rollouts, statuses);
  const overviews = new Overviews(rollouts, statuses, overview);
  return {
    rollouts,
    planning,
    access,
    audit,
    statuses,
    growth,
    streams: new Streams(error => void logFault(error, 'an event stream broke off', parts)),
    pictures,
    pictureStreams: new PictureStreams(pictures, growth),
    overviews,
    overviewStream: new OverviewStream(overviews),
    heartbeatMs,
    tickMs,
  };
}

/** A form of a foreign page can send other types without being asked for leave, but not this one. */
function onlyJson(app: ApiApp): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, parse);
}
