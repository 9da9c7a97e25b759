import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** The one user there is. */
export const USER = 'nodetide';

/** Whether an address to listen on, or a host name asked for, can only mean this machine. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '').toLowerCase();
  return name === 'localhost' || name === '::1' || /^127(\.\d{1,3}){3}$/.test(name);
}

/** Lets requests with the right user and password (RFC 7617) pass, and answers 401 to all others. */
export function passwordGuard(password: string): (request: FastifyRequest, reply: FastifyReply) => Promise<unknown> {
  const wanted = digest(`${USER}:${password}`);
  return async (request, reply) => {
    const [scheme, value] = (request.headers.authorization ?? '').split(' ');
    const given = scheme?.toLowerCase() === 'basic' ? Buffer.from(value ?? '', 'base64').toString('utf8') : '';
    // Digests are equally long, so the comparison tells nothing about the length either.
    if (timingSafeEqual(digest(given), wanted)) return undefined;
    return reply
      .code(401)
      .header('www-authenticate', 'Basic realm="nodetide", charset="UTF-8"')
      .send({ error: `user ${USER} and the password are needed` });
  };
}

/**
 * Answers 403 to requests that ask for another name than this machine's own: a page of a foreign site whose name was made
 * to point here (DNS rebinding) asks for that name.
 */
export async function loopbackNameGuard(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  if (isLoopback(request.hostname)) return undefined;
  return reply.code(403).send({ error: 'only reachable as localhost: use a password to serve other names' });
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
