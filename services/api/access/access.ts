import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Person } from '../../../shared/domain/access/role.ts';
import type { SessionStore } from '../../../shared/ports/access.ts';
import { Problem } from '../problem.ts';
import type { AttemptLimit, Attempts } from './attempts.ts';
import { clearSessionCookie, sessionCookie, setSessionCookie } from './cookie.ts';
import {
  type Credentials,
  findSecret,
  type Given,
  type KnownSecret,
  knownSecrets,
  readAuthorization,
} from './credentials.ts';
import type { ProxiedPerson, ProxyOptions, TrustedProxy } from './proxy.ts';
import { Sessions } from './sessions.ts';

/** Who asks where nobody has to say so: somebody on this machine. */
const LOCAL: Person = { name: 'local', role: 'admin' };

/** How people are let in. */
export interface AccessOptions extends Credentials {
  readonly proxy?: ProxyOptions;
  /** Of a log-in without a request; default: 12 h. */
  readonly sessionLifeMs?: number;
  readonly attempts?: AttemptLimit;
}

/** Somebody who was let in, and by what. */
export interface Entrant extends Person {
  readonly by: 'local' | 'authorization' | 'session' | 'proxy';
}

/** What was found for what a header gives; null: nothing that lets in. */
type Judge = (known: readonly KnownSecret[], given: Given | null) => Promise<KnownSecret | null>;

/** Who may ask. */
export class Access {
  /** Nobody has to say who they are. */
  readonly open: boolean;
  readonly #credentials: Credentials;
  readonly #sessions: Sessions;
  readonly #proxy: TrustedProxy | null;
  readonly #attempts: Attempts;

  constructor(options: AccessOptions, parts: { store: SessionStore; proxy: TrustedProxy | null; attempts: Attempts }) {
    this.open = options.password === undefined && options.tokens === undefined && !parts.proxy?.namesPeople;
    this.#credentials = options;
    this.#sessions = new Sessions(parts.store, options.sessionLifeMs);
    this.#proxy = parts.proxy;
    this.#attempts = parts.attempts;
  }

  /**
   * Who asks; null: nobody who may. What a proxy says comes first. A header that is wrong is not made good by a session.
   * @throws Problem forbidden, too-many-attempts
   */
  identify(request: FastifyRequest): Promise<Entrant | null> {
    return this.#who(request, (known, given) => this.#judged(request, known, given));
  }

  /**
   * Whether who was let in with this request still would be, and as whom. Nobody tries anything: no attempt is counted, and
   * those of others do not matter.
   * @throws Problem forbidden
   */
  identifyAgain(request: FastifyRequest): Promise<Entrant | null> {
    return this.#who(request, async (known, given) => given && findSecret(known, given));
  }

  async #who(request: FastifyRequest, judge: Judge): Promise<Entrant | null> {
    if (this.open) return { ...LOCAL, by: 'local' };
    const proxied = this.#proxy?.person(request) ?? null;
    if (proxied !== null) return this.#proxied(request, proxied);
    const known = await knownSecrets(this.#credentials);
    const { authorization } = request.headers;
    if (authorization !== undefined)
      return entrant(await judge(known, readAuthorization(authorization)), 'authorization');
    const id = sessionCookie(request);
    return id === null ? null : entrant(await this.#sessions.find(id, known), 'session');
  }

  /**
   * Opens a session and gives its cookie; who asks is known then. null: `given` lets nobody in.
   * @throws Problem too-many-attempts
   */
  async logIn(given: Given, reply: FastifyReply): Promise<Entrant | null> {
    const secret = await this.#judged(reply.request, await knownSecrets(this.#credentials), given);
    const person = entrant(secret, 'session');
    if (secret === null || person === null) return null;
    reply.request.person = person;
    await this.#attempts.logIn(reply.request);
    setSessionCookie(reply, await this.#sessions.open(secret));
    return person;
  }

  /** Ends the session of who asks; null: there is none. */
  async logOut(reply: FastifyReply): Promise<Entrant | null> {
    const id = sessionCookie(reply.request);
    clearSessionCookie(reply);
    if (id === null) return null;
    const person = await this.#sessions.find(id, await knownSecrets(this.#credentials));
    await this.#sessions.end(id);
    return entrant(person, 'session');
  }

  #proxied(request: FastifyRequest, { name, role }: ProxiedPerson): Entrant {
    if (role !== null) return { name, role, by: 'proxy' };
    request.triedAs = name;
    throw new Problem('forbidden', `${name} is in no group that has a role here`);
  }

  async #judged(
    request: FastifyRequest,
    known: readonly KnownSecret[],
    given: Given | null,
  ): Promise<KnownSecret | null> {
    const found = given && findSecret(known, given);
    // What was typed where a name belongs may be a secret: only a name there is gets known.
    if (found === null) request.triedAs = known.find(({ name }) => name === given?.user)?.name ?? 'unknown';
    return this.#attempts.judge(request, found);
  }
}

function entrant(person: Person | null, by: Entrant['by']): Entrant | null {
  return person && { name: person.name, role: person.role, by };
}
