import type { FastifyError, FastifyInstance } from 'fastify';
import { validatorCompiler } from 'fastify-type-provider-zod';
import type { Access } from '../access/access.ts';
import type { ApiRollouts } from '../ports.ts';
import { Problem, sendProblem } from '../problem.ts';
import { registerDocument } from './document.ts';
import { sendError } from './errors.ts';
import type { ApiApp } from './route.ts';
import { commandRoutes } from './routes/commands.ts';
import { engineRoutes } from './routes/engines.ts';
import { eventRoutes } from './routes/events.ts';
import { nodeRoutes } from './routes/nodes.ts';
import { partRoutes, rolloutRoutes } from './routes/rollouts.ts';
import { sessionRoutes } from './routes/session.ts';
import { StatusCache } from './status-cache.ts';

/** Where the API is served. */
export const API_PATH = '/api/v1';

const HEARTBEAT_MS = 15_000;

/** What the API answers from. */
export interface ApiV1Parts {
  readonly rollouts: ApiRollouts;
  readonly access: Access;
  notReady(): Promise<string | null>;
  /** Silence of an event stream after which a comment is sent; default: 15 s. */
  readonly heartbeatMs?: number | undefined;
}

/** Adds the API, version 1. Who may ask is judged before. */
export async function registerApi(server: FastifyInstance, parts: ApiV1Parts): Promise<void> {
  await server.register(
    async plain => {
      const app = plain.withTypeProvider() as unknown as ApiApp;
      app.setValidatorCompiler(validatorCompiler);
      // What answers hold is checked against their schemas by tests; a value too much must not make an answer fail.
      app.setSerializerCompiler(() => JSON.stringify);
      app.setErrorHandler((error: FastifyError, _request, reply) => sendError(error, reply, () => parts.notReady()));
      app.setNotFoundHandler((request, reply) =>
        sendProblem(reply, new Problem('no-such-path', `there is no ${request.method} ${request.url.split('?')[0]}`)),
      );
      onlyJson(app);
      app.addHook('onRequest', async (_request, reply) => {
        reply.headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
      });
      await registerDocument(app);
      const { rollouts, access, heartbeatMs = HEARTBEAT_MS } = parts;
      const routes = { rollouts, access, statuses: new StatusCache(rollouts), heartbeatMs };
      for (const add of [
        rolloutRoutes,
        partRoutes,
        nodeRoutes,
        eventRoutes,
        commandRoutes,
        engineRoutes,
        sessionRoutes,
      ])
        add(app, routes);
    },
    { prefix: API_PATH },
  );
}

/** A form of a foreign page can send other types without being asked for leave, but not this one. */
function onlyJson(app: ApiApp): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, parse);
}
