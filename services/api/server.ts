import type { Queue } from 'bullmq';
import { type FastifyInstance, fastify } from 'fastify';
import { isLoopback, loopbackNameGuard, passwordGuard } from './access.ts';
import { BOARD_PATH, registerBoard } from './board/board.ts';
import type { RetryStep } from './board/queue.ts';

/** What the HTTP face shows and asks. */
export interface ApiParts {
  readonly queues: readonly Queue[];
  readonly retryStep: RetryStep;
  /** Why it cannot serve now; null: it can. */
  notReady(): Promise<string | null>;
}

/** Health needs no password: it says nothing about rollouts. */
const HEALTH: ReadonlySet<string> = new Set(['/livez', '/readyz']);

/** The server with all its routes; not listening yet. */
export async function buildServer(
  parts: ApiParts,
  options: { readonly host: string; readonly password?: string },
): Promise<FastifyInstance> {
  // Browsers keep connections open: without this, closing would wait for them.
  const app = fastify({ forceCloseConnections: true });
  const guard = guardOf(options);
  app.addHook('onRequest', async (request, reply) => {
    return HEALTH.has(request.routeOptions.url ?? '') ? undefined : guard?.(request, reply);
  });
  app.get('/livez', () => ({ status: 'ok' }));
  app.get('/readyz', async (_request, reply) => {
    const reason = await parts.notReady();
    return reason === null ? { status: 'ok' } : reply.code(503).send({ status: 'not ready', reason });
  });
  app.get('/', (_request, reply) => reply.redirect(BOARD_PATH));
  await registerBoard(app, parts.queues, parts.retryStep);
  return app;
}

function guardOf(options: { host: string; password?: string }): ReturnType<typeof passwordGuard> | null {
  if (options.password !== undefined) return passwordGuard(options.password);
  return isLoopback(options.host) ? loopbackNameGuard : null;
}
