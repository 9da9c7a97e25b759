import type { FastifyInstance } from 'fastify';
import type { Problem } from '../problem.ts';
import type { Entrant } from './access.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks, of a route that names a role. */
    person: Entrant;
    /** Whom a wrong secret was given for; null: none was. */
    triedAs: string | null;
    /** What is done, for the audit log; null: as the route is called. Never holds a secret. */
    act: string | null;
    /** The answer, if it is a problem. */
    problem: Problem | null;
  }
}

/** Adds what is known of a request. */
export function decorateRequests(app: FastifyInstance): void {
  app.decorateRequest('person');
  app.decorateRequest('triedAs', null);
  app.decorateRequest('act', null);
  app.decorateRequest('problem', null);
}
