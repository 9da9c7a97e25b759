import type { FastifyReply, FastifyRequest } from 'fastify';
import { roleAllows } from '../../../shared/domain/access/role.ts';
import { Problem, sendProblem } from '../problem.ts';
import type { Access, Entrant } from './access.ts';
import { isForeign, isGuarded, isHarmless, saysNoSite } from './foreign.ts';
import { isLoopback } from './loopback.ts';
import { roleNeeded } from './route-role.ts';
import type { StreamWatch } from './watch.ts';

/** A hook for every request, of whatever path: lets pass who may ask, and notes who it is. */
export function guardOf(
  host: string,
  access: Access,
  streams: StreamWatch,
): (request: FastifyRequest, reply: FastifyReply) => Promise<unknown> {
  return async (request, reply) => {
    try {
      await judge(request, host, access);
      streams.watch(request, reply);
      // What somebody may see is kept nowhere for the next one. Files of a page say their own.
      if (roleNeeded(request) !== 'open') reply.header('cache-control', 'no-store');
      return undefined;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return sendProblem(reply, error);
    }
  };
}

async function judge(request: FastifyRequest, host: string, access: Access): Promise<void> {
  const needed = roleNeeded(request);
  if (needed === 'open' && isHarmless(request.method)) return;
  // A page of a foreign site whose name was made to point here (DNS rebinding) asks for that name.
  if (access.open && isLoopback(host) && !isLoopback(request.hostname)) {
    throw new Problem('foreign-name', 'only reachable as localhost: use a password or tokens');
  }
  if (isGuarded(request.method, request.routeOptions.url ?? request.url) && isForeign(request)) {
    throw new Problem('foreign-site', 'pages of other sites may not ask this server');
  }
  if (needed === 'open') return;
  const person = await access.identify(request);
  if (person === null) throw new Problem('unauthorised', 'log in, or send Authorization: Bearer TOKEN');
  request.person = person;
  if (isBrowsed(request, person) && !isHarmless(request.method) && saysNoSite(request)) {
    throw new Problem('foreign-site', 'with a cookie, the header Origin or Sec-Fetch-Site has to say which page asks');
  }
  if (roleAllows(person.role, needed)) return;
  throw new Problem('forbidden', `needs the role ${needed}: ${person.name} is ${person.role}`);
}

/** Whether a browser let them in without being told to, as it does for whatever page asks. */
function isBrowsed({ headers }: FastifyRequest, { by }: Entrant): boolean {
  return by === 'session' || (by === 'proxy' && headers.cookie !== undefined);
}
