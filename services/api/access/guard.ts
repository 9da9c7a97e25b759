import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem, sendProblem } from '../problem.ts';
import { type Credentials, identifier } from './credentials.ts';
import { isForeign, isGuarded } from './foreign.ts';
import { isLoopback } from './loopback.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks, for the journal. */
    who: string;
  }
}

/** Who asks where nobody has to say so: somebody on this machine. */
export const LOCAL_USER = 'local';

/** Health needs no password: it says nothing about rollouts. */
const HEALTH: ReadonlySet<string> = new Set(['/livez', '/readyz']);

/** A hook for every request, of whatever path: lets pass who may ask, and notes who it is. */
export function guardOf(
  host: string,
  credentials: Credentials,
): (request: FastifyRequest, reply: FastifyReply) => Promise<unknown> {
  const open = credentials.password === undefined && credentials.tokens === undefined;
  const identify = identifier(credentials);
  return async (request, reply) => {
    if (HEALTH.has(request.routeOptions.url ?? '')) return undefined;
    // A page of a foreign site whose name was made to point here (DNS rebinding) asks for that name.
    if (open && isLoopback(host) && !isLoopback(request.hostname)) {
      return sendProblem(reply, new Problem('foreign-name', 'only reachable as localhost: use a password or tokens'));
    }
    if (isGuarded(request.method, request.routeOptions.url ?? request.url) && isForeign(request)) {
      return sendProblem(reply, new Problem('foreign-site', 'pages of other sites may not ask this server'));
    }
    const who = open ? LOCAL_USER : identify(request.headers.authorization);
    if (who === null) return refuse(reply);
    request.who = who;
    return undefined;
  };
}

function refuse(reply: FastifyReply): FastifyReply {
  reply.header('www-authenticate', ['Basic realm="nodetide", charset="UTF-8"', 'Bearer realm="nodetide"']);
  return sendProblem(reply, new Problem('unauthorised', 'send Authorization: Bearer TOKEN, or user and password'));
}
