import { type FastifyError, type FastifyInstance, fastify } from 'fastify';
import { clip } from '../../shared/domain/text.ts';
import { TrustedProxy } from './access/proxy.ts';
import { type GuardOptions, registerAccess } from './access/register.ts';
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

/** How long a request may take to arrive; its answer may take longer. */
const REQUEST_MS = 30_000;

/** How the server serves. */
export interface ServerOptions extends GuardOptions {
  /** Silence of an event stream after which a comment is sent; default: 15 s. */
  readonly heartbeatMs?: number;
  /** Between two ticks of a live picture; default: 5 s. */
  readonly tickMs?: number;
  /** Folder of the built web page; default: where the build puts it. */
  readonly pageDir?: string;
}

/**
 * The server with all its routes; not listening yet.
 * @throws api-proxy-wrong
 */
export async function buildServer(parts: ApiParts, options: ServerOptions): Promise<FastifyInstance> {
  const proxy = options.proxy ? new TrustedProxy(options.proxy) : null;
  const app = fastify({
    // Whose X-Forwarded-For, -Proto and -Host are believed.
    trustProxy: address => proxy?.trusts(address) ?? false,
    // Browsers keep connections open: without this, closing would wait for them.
    forceCloseConnections: true,
    requestTimeout: REQUEST_MS,
    routerOptions: { maxParamLength: LONGEST_NAME },
    // Addresses that no route is looked up for; they come before the hooks.
    frameworkErrors: (error, _request, reply) => {
      void sendProblem(reply, new Problem('bad-request', `path: ${clip(error.message, 500)}`));
    },
  });
  app.setErrorHandler((error: FastifyError, _request, reply) => sendError(error, reply, parts));
  await registerHeaders(app);
  await registerCompression(app);
  const access = await registerAccess(app, parts, options, proxy);
  app.get('/livez', { config: { role: 'open' } }, () => ({ status: 'ok' }));
  app.get('/readyz', { config: { role: 'open' } }, async (_request, reply) => {
    const reason = await parts.notReady();
    return reason === null ? { status: 'ok' } : reply.code(503).send({ status: 'not ready', reason });
  });
  registerMetrics(app, parts.metrics);
  await registerPage(app, options.pageDir ?? builtPage());
  const { rollouts, overview, planning, audit } = parts;
  await registerApi(app, {
    rollouts,
    overview,
    planning,
    access,
    log: parts.log,
    audit,
    notReady: () => parts.notReady(),
    heartbeatMs: options.heartbeatMs,
    tickMs: options.tickMs,
  });
  await registerBoard(app, parts.queues, parts.retryStep);
  return app;
}
