import type { FastifyRequest } from 'fastify';

const HARMLESS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Whether a page of another site asks. Browsers say so and no page can change it: `Sec-Fetch-Site`, or else `Origin`.
 * Programs send neither. Another port of this machine is another site too.
 */
export function isForeign({ headers, host }: Pick<FastifyRequest, 'headers' | 'host'>): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  const { origin } = headers;
  return origin !== undefined && hostOf(origin) !== host.toLowerCase();
}

/** Whether nothing tells which page asks: a program, or a browser too old to be believed. */
export function saysNoSite({ headers }: Pick<FastifyRequest, 'headers'>): boolean {
  return headers['sec-fetch-site'] === undefined && headers.origin === undefined;
}

/** Whether a request with this method changes nothing. */
export function isHarmless(method: string): boolean {
  return HARMLESS.has(method);
}

/** Whether foreign pages are kept from this: whatever changes something, and everything of the API. */
export function isGuarded(method: string, url: string): boolean {
  return !isHarmless(method) || url.startsWith('/api/');
}

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}
