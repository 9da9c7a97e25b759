import type { FastifyReply, FastifyRequest } from 'fastify';

const NAME = 'nodetide_session';

/** Browsers take a cookie of this beginning only over TLS, and from no other host of the same domain (RFC 6265bis). */
const HOST_NAME = `__Host-${NAME}`;

/** The id of the session in the cookie; null: none. */
export function sessionCookie(request: FastifyRequest): string | null {
  return request.cookies[nameFor(request)] ?? null;
}

/** Gives the browser the id of its session, for as long as it runs. */
export function setSessionCookie(reply: FastifyReply, id: string): void {
  reply.setCookie(nameFor(reply.request), id, attributes(reply.request));
}

export function clearSessionCookie(reply: FastifyReply): void {
  reply.clearCookie(nameFor(reply.request), attributes(reply.request));
}

function nameFor(request: FastifyRequest): string {
  return isSecure(request) ? HOST_NAME : NAME;
}

function attributes(request: FastifyRequest) {
  return { path: '/', httpOnly: true, sameSite: 'strict', secure: isSecure(request) } as const;
}

function isSecure(request: FastifyRequest): boolean {
  return request.protocol === 'https';
}
