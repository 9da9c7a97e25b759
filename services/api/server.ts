import cookie from '@fastify/cookie';
import { type FastifyInstance, fastify } from 'fastify';
import { clip } from '../../shared/domain/text.ts';
import { Access, type AccessOptions } from './access/access.ts';
import { guardOf } from './access/guard.ts';
import { requireRoles } from './access/route-role.ts';
import { BOARD_PATH, registerBoard } from './board/board.ts';
import type { ApiParts } from './ports.ts';
import { Problem, sendProblem } from './problem.ts';
import { registerApi } from './v1/api.ts';

/** Names of nodes are names of DNS. */
const LONGEST_NAME = 253;

/** How the server serves. */
export interface ServerOptions extends AccessOptions {
  readonly host: string;
  /** Silence of an event stream after which a comment is sent; default: 15 s. */
  readonly heartbeatMs?: number;
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
  // Before the guard, which reads cookies.
  await app.register(cookie);
  app.decorateRequest('person');
  app.addHook('onRequest', guardOf(options.host, access));
  app.get('/livez', { config: { role: 'open' } }, () => ({ status: 'ok' }));
  app.get('/readyz', { config: { role: 'open' } }, async (_request, reply) => {
    const reason = await parts.notReady();
    return reason === null ? { status: 'ok' } : reply.code(503).send({ status: 'not ready', reason });
  });
  app.get('/', { config: { role: 'viewer' } }, (_request, reply) => reply.redirect(BOARD_PATH));
  const { rollouts } = parts;
  await registerApi(app, { rollouts, access, notReady: () => parts.notReady(), heartbeatMs: options.heartbeatMs });
  await registerBoard(app, parts.queues, parts.retryStep);
  return app;
}
