import { createBullBoard } from '@bull-board/api';
import { FastifyAdapter } from '@bull-board/fastify';
import type { Queue } from 'bullmq';
import type { FastifyInstance, RouteOptions } from 'fastify';
import type { Role } from '../../../shared/domain/access/role.ts';
import { isHarmless } from '../access/foreign.ts';
import { rememberActor } from './actor.ts';
import { BoardQueue, type RetryStep } from './queue.ts';
import { refusal } from './rules.ts';

/** Where Bull Board is served. */
export const BOARD_PATH = '/queues';

/** Adds Bull Board over these queues, in this order; the server itself refuses what could harm a rollout. */
export async function registerBoard(
  app: FastifyInstance,
  queues: readonly Queue[],
  retryStep: RetryStep,
): Promise<void> {
  const adapter = new FastifyAdapter();
  createBullBoard({
    queues: queues.map(queue => new BoardQueue(queue, retryStep)),
    serverAdapter: adapter,
    options: {
      uiConfig: { boardTitle: 'nodetide', hideDocsLink: true },
      handlerHooks: {
        before: route => {
          const message = refusal(route);
          return message === null ? { allow: true } : { allow: false, status: 403, message };
        },
      },
    },
  });
  adapter.setBasePath(BOARD_PATH);
  await app.register(
    async scope => {
      scope.addHook('onRoute', route => {
        route.config = { ...route.config, role: roleOf(route) };
      });
      rememberActor(scope);
      await scope.register(adapter.registerPlugin());
    },
    { prefix: BOARD_PATH },
  );
}

function roleOf({ method }: RouteOptions): Role {
  return [method].flat().every(isHarmless) ? 'viewer' : 'operator';
}
