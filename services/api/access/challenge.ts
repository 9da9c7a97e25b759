import type { FastifyRequest } from 'fastify';

const BEARER = 'Bearer realm="nodetide"';

/**
 * How to say who one is, for the header WWW-Authenticate. Browsers ask for user and password by themselves where they may,
 * but not where a page of ours asks: it has a log-in of its own.
 */
export function challenges({ headers }: FastifyRequest): string[] {
  const byPage = (headers['sec-fetch-mode'] ?? 'navigate') !== 'navigate';
  return byPage ? [BEARER] : ['Basic realm="nodetide", charset="UTF-8"', BEARER];
}
