import { AsyncLocalStorage } from 'node:async_hooks';
import type { FastifyInstance } from 'fastify';

/** Bull Board does not tell its queues who asks. */
const actor = new AsyncLocalStorage<string>();

/** Remembers who asks while a request of `scope` is answered. */
export function rememberActor(scope: FastifyInstance): void {
  // After the body was read: its events would lose what is remembered before.
  scope.addHook('preHandler', (request, _reply, done) => actor.run(request.person.name, done));
}

/** Who asks now, for the journal: `alice (Bull Board)`. */
export function boardActor(): string {
  return `${actor.getStore() ?? 'somebody'} (Bull Board)`;
}
