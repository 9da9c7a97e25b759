import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify';
import type { Role } from '../../../shared/domain/access/role.ts';

/** What a route asks for; `open`: nothing, as it holds no data of anybody. */
export type RouteRole = Role | 'open';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may ask; a server with a route that says nothing does not start. */
    role?: RouteRole;
  }
}

/** Makes the server refuse to start with a route that names no role. To be called before routes are added. */
export function requireRoles(app: FastifyInstance): void {
  const routes: RouteOptions[] = [];
  app.addHook('onRoute', route => void routes.push(route));
  app.addHook('onReady', async () => {
    const without = routes.filter(({ config }) => config?.role === undefined);
    if (without.length === 0) return;
    const named = without.map(({ method, url }) => `${[method].flat().join(',')} ${url}`);
    throw new Error(`these routes say no role (config: { role }): ${named.join('; ')}`);
  });
}

/** What is asked for; of a path there is not: nothing, but under the API and the queues, whose paths tell something. */
export function roleNeeded(request: FastifyRequest): RouteRole {
  if (!request.is404) return request.routeOptions.config.role ?? 'admin';
  return /^\/(api|queues)(\/|\?|$)/.test(request.url) ? 'viewer' : 'open';
}
