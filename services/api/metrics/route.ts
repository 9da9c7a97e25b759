import type { FastifyInstance } from 'fastify';
import type { ApiMetrics } from './parts.ts';

/** Where Prometheus asks. */
const METRICS_PATH = '/metrics';

/** Adds `/metrics`. */
export function registerMetrics(app: FastifyInstance, metrics: ApiMetrics): void {
  app.get(METRICS_PATH, { config: { role: 'viewer' } }, async (_request, reply) =>
    reply.type(metrics.contentType).send(await metrics.text()),
  );
}
