import type { FastifyReply, FastifyRequest } from 'fastify';
import { roleAllows } from '../../../shared/domain/access/role.ts';
import { Problem, sendProblem } from '../problem.ts';
import type { Access, Entrant } from './access.ts';
import { isForeign, isGuarded, isHarmless } from './foreign.ts';
import { isLoopback } from './loopback.ts';
import { roleNeeded } from './route-role.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks, of a route that names a role. */
    person: Entrant;
  }
}

/** A hook for every request, of whatever path: lets pass who may ask, and notes who it is. */
export function guardOf(
  host: string,
  access: Access,
): (request: FastifyRequest, reply: FastifyReply) => Promise<unknown> {
  return async (request, reply) => {
    const needed = roleNeeded(request);
    if (needed === 'open' && isHarmless(request.method)) return undefined;
    // A page of a foreign site whose name was made to point here (DNS rebinding) asks for that name.
    if (access.open && isLoopback(host) && !isLoopback(request.hostname)) {
      return sendProblem(reply, new Problem('foreign-name', 'only reachable as localhost: use a password or tokens'));
    }
    if (isGuarded(request.method, request.routeOptions.url ?? request.url) && isForeign(request)) {
      return sendProblem(reply, new Problem('foreign-site', 'pages of other sites may not ask this server'));
    }
    if (needed === 'open') return undefined;
    const person = await access.identify(request);
    if (person === null) return refuse(request, reply);
    request.person = person;
    if (roleAllows(person.role, needed)) return undefined;
    return sendProblem(reply, new Problem('forbidden', `needs the role ${needed}: ${person.name} is ${person.role}`));
  };
}

/** Browsers ask for user and password by themselves, but not where a page of ours asks: it has a log-in of its own. */
function refuse(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const bearer = 'Bearer realm="nodetide"';
  const byPage = (request.headers['sec-fetch-mode'] ?? 'navigate') !== 'navigate';
  reply.header('www-authenticate', byPage ? bearer : ['Basic realm="nodetide", charset="UTF-8"', bearer]);
  return sendProblem(reply, new Problem('unauthorised', 'log in, or send Authorization: Bearer TOKEN'));
}
