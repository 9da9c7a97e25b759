import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Person } from '../../../shared/domain/access/role.ts';
import type { SessionStore } from '../../../shared/ports/access.ts';
import { clearSessionCookie, sessionCookie, setSessionCookie } from './cookie.ts';
import { type Credentials, findSecret, type Given, knownSecrets, readAuthorization } from './credentials.ts';
import { Sessions } from './sessions.ts';

/** Who asks where nobody has to say so: somebody on this machine. */
export const LOCAL: Person = { name: 'local', role: 'admin' };

/** How people are let in. */
export interface AccessOptions extends Credentials {
  /** Of a log-in without a request; default: 12 h. */
  readonly sessionLifeMs?: number;
}

/** Somebody who was let in, and by what. */
export interface Entrant extends Person {
  readonly by: 'local' | 'authorization' | 'session';
}

/** Who may ask. */
export class Access {
  /** Nobody has to say who they are. */
  readonly open: boolean;
  readonly #credentials: Credentials;
  readonly #sessions: Sessions;

  constructor(options: AccessOptions, store: SessionStore) {
    this.open = options.password === undefined && options.tokens === undefined;
    this.#credentials = options;
    this.#sessions = new Sessions(store, options.sessionLifeMs);
  }

  /** Who asks; null: nobody who may. A header that is wrong is not made good by a session. */
  async identify(request: FastifyRequest): Promise<Entrant | null> {
    if (this.open) return { ...LOCAL, by: 'local' };
    const known = await knownSecrets(this.#credentials);
    if (request.headers.authorization !== undefined) {
      const given = readAuthorization(request.headers.authorization);
      return entrant(given && findSecret(known, given), 'authorization');
    }
    const id = sessionCookie(request);
    return id === null ? null : entrant(await this.#sessions.find(id, known), 'session');
  }

  /** Opens a session and gives its cookie; null: `given` lets nobody in. */
  async logIn(given: Given, reply: FastifyReply): Promise<Person | null> {
    const secret = findSecret(await knownSecrets(this.#credentials), given);
    if (secret === null) return null;
    setSessionCookie(reply, await this.#sessions.open(secret));
    return secret;
  }

  /** Ends the session of who asks, if there is one. */
  async logOut(reply: FastifyReply): Promise<void> {
    const id = sessionCookie(reply.request);
    if (id !== null) await this.#sessions.end(id);
    clearSessionCookie(reply);
  }
}

function entrant(person: Person | null, by: Entrant['by']): Entrant | null {
  return person && { name: person.name, role: person.role, by };
}
