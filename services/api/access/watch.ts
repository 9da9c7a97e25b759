import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { roleAllows } from '../../../shared/domain/access/role.ts';
import { Problem } from '../problem.ts';
import type { Access } from './access.ts';
import { roleNeeded } from './route-role.ts';

const LOOK_EVERY_MS = 15_000;
/** Fewer than there may be in all, so that nobody takes them all. */
const MOST_OF_ONE = 100;

/** Ends event streams of those who may not ask any more: whose token was revoked, who logged out. Keeps log-ins alive. */
export class StreamWatch {
  readonly #access: Access;
  readonly #open = new Map<FastifyRequest, FastifyReply>();

  constructor(access: Access) {
    this.#access = access;
  }

  /**
   * Watches an answer until its end, if it is a stream.
   * @throws Problem not-ready: whoever asks has too many of them
   */
  watch(request: FastifyRequest, reply: FastifyReply): void {
    if (!request.headers.accept?.includes('text/event-stream')) return;
    const own = [...this.#open.keys()].filter(({ person }) => person?.name === request.person?.name);
    if (own.length >= MOST_OF_ONE) throw new Problem('not-ready', 'you have too many event streams open');
    // Who went away while it was found out who they are closes no second time.
    if (reply.raw.destroyed) return;
    this.#open.set(request, reply);
    reply.raw.once('close', () => this.#open.delete(request));
  }

  /** Looks at each once. */
  async look(): Promise<void> {
    await Promise.all([...this.#open].map(([request, reply]) => this.#judge(request, reply)));
  }

  /** Looks again and again until the server closes. @param everyMs default: 15 s */
  start(app: FastifyInstance, everyMs: number = LOOK_EVERY_MS): void {
    const timer = setInterval(() => void this.look(), everyMs).unref();
    app.addHook('onClose', async () => clearInterval(timer));
  }

  async #judge(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const needed = roleNeeded(request);
    try {
      const person = await this.#access.identifyAgain(request);
      if (person !== null && (needed === 'open' || roleAllows(person.role, needed))) return;
    } catch (error) {
      // Whoever cannot be asked for now, as Redis does not answer, may stay.
      if (!(error instanceof Problem)) return;
    }
    reply.raw.destroy();
  }
}
