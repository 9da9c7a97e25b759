import cookie from '@fastify/cookie';
import { type FastifyError, type FastifyInstance, fastify } from 'fastify';
import { clip } from '../../shared/domain/text.ts';
import { Access, type AccessOptions } from './access/access.ts';
import { guardOf } from './access/guard.ts';
import { requireRoles } from './access/route-role.ts';
import { registerBoard } from './board/board.ts';
import { registerMetrics } from './metrics/route.ts';
import { builtPage } from './page/folder.ts';
import { registerHeaders } from './page/headers.ts';
import { registerCompression, registerPage } from './page/page.ts';
import type { ApiParts } from './ports.ts';
import { Problem, sendProblem } from './problem.ts';
import { registerApi } from './v1/api.ts';
import { sendError } from './v1/errors.ts';

/** Names of nodes are names of DNS. */
const LONGEST_NAME = 253;

/** How the server serves. */
export interface ServerOptions extends AccessOptions {
  readonly host: string;
  /** Silence of an event stream after which a comment is sent; default: 15 s. */
  readonly heartbeatMs?: number;
  /** Between two ticks of a live picture; default: 5 s. */
  readonly tickMs?: number;
  /** Folder of the built web page; default: where the build puts it. */
  readonly pageDir?: string;
}

/** The server with all its routes; not listening yet. */
export async function buildServer(parts: ApiParts, options: ServerOptions): Promise<FastifyInstance> {
  const app = fastify({
    // Browsers keep connections open: without this, closing would wait for them.
    forceCloseConnections: true,
    routerOptions: { maxParamLength: LONGEST_NAME },
    // Addresses that no route is looked up for; they come before the hooks.
    frameworkErrors: (error, _request, reply) => {
      void sendProblem(reply, new Problem('bad-request', `path: ${clip(error.message, 500)}`));
    },
  });
  const access = new Access(options, parts.sessions);
  requireRoles(app);
  app.setErrorHandler((error: FastifyError, _request, reply) => sendError(error, reply, parts));
  await registerHeaders(app);
  await registerCompression(app);
  // Before the guard, which reads cookies.
  await app.register(cookie);
  app.decorateRequest('person');
  app.addHook('onRequest', guardOf(options.host, access));
  app.get('/livez', { config: { role: 'open' } }, () => ({ status: 'ok' }));
  app.get('/readyz', { config: { role: 'open' } }, async (_request, reply) => {
    const reason = await parts.notReady();
    return reason === null ? { status: 'ok' } : reply.code(503).send({ status: 'not ready', reason });
  });
  registerMetrics(app, parts.metrics);
  await registerPage(app, options.pageDir ?? builtPage());
  const { rollouts, overview } = parts;
  await registerApi(app, {
    rollouts,
    overview,
    access,
    log: parts.log,
    notReady: () => parts.notReady(),
    heartbeatMs: options.heartbeatMs,
    tickMs: options.tickMs,
  });
  await registerBoard(app, parts.queues, parts.retryStep);
  return app;
}
