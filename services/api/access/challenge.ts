import type { FastifyRequest } from 'fastify';

const BEARER = 'Bearer realm="nodetide"';

/** What our page asks for; browsers ask for neither where somebody opens an address. */
const OF_PAGES = /application\/json|text\/event-stream/;

/**
 * How to say who one is, for the header WWW-Authenticate. Browsers ask for user and password by themselves where they may,
 * but not where a page of ours asks: it has a log-in of its own.
 */
export function challenges(request: Pick<FastifyRequest, 'headers'>): string[] {
  return isByPage(request) ? [BEARER] : ['Basic realm="nodetide", charset="UTF-8"', BEARER];
}

/** Browsers say which it is, but only over TLS and to this machine itself (W3C Fetch Metadata). */
function isByPage({ headers }: Pick<FastifyRequest, 'headers'>): boolean {
  const mode = headers['sec-fetch-mode'];
  return mode === undefined ? OF_PAGES.test(headers.accept ?? '') : mode !== 'navigate';
}
