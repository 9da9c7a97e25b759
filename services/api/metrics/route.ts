import type { FastifyInstance } from 'fastify';
import type { ApiMetrics } from './parts.ts';

/** Where Prometheus asks. */
export const METRICS_PATH = '/metrics';

/** Adds `/metrics`. */
export function registerMetrics(app: FastifyInstance, metrics: ApiMetrics): void {
  app.get(METRICS_PATH, { config: { role: 'viewer' } }, async (_request, reply) =>
    reply
      .header('cache-control', 'no-store')
      .type(metrics.contentType)
      .send(await metrics.text()),
  );
}
