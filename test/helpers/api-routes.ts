import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { FastifyInstance, RouteOptions } from 'fastify';

/** Every route of the server `build` makes, as the server itself was told: `GET /livez`. */
export async function routesOf(
  build: () => Promise<FastifyInstance>,
): Promise<{ app: FastifyInstance; routes: string[] }> {
  const routes: string[] = [];
  const heard = (message: unknown): void => {
    const { fastify } = message as { fastify: FastifyInstance };
    fastify.addHook('onRoute', ({ method, url }: RouteOptions) => {
      for (const each of [method].flat()) routes.push(`${each} ${url}`);
    });
  };
  subscribe('fastify.initialization', heard);
  try {
    const app = await build();
    await app.ready();
    return { app, routes };
  } finally {
    unsubscribe('fastify.initialization', heard);
  }
}
