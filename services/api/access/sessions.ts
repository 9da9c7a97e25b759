import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { SessionStore } from '../../../shared/ports/access.ts';
import type { KnownSecret } from './credentials.ts';
import { sha256 } from './tokens.ts';

const LIFE_MS = 12 * 3_600_000;

/**
 * Log-ins. Who has the id of one is who it was opened for, as long as what it was opened with still lets in; what that
 * one may do now counts, not what it might at log-in.
 */
export class Sessions {
  readonly #store: SessionStore;
  readonly #lifeMs: number;

  /** @param lifeMs without a request; default: 12 h */
  constructor(store: SessionStore, lifeMs: number = LIFE_MS) {
    this.#store = store;
    this.#lifeMs = lifeMs;
  }

  /** Opens one; returns its id: 256 random bits, which only who logged in gets. */
  async open(secret: KnownSecret): Promise<string> {
    const id = randomBytes(32).toString('base64url');
    const { name, role } = secret;
    await this.#store.keep(keyOf(id), { name, role, proof: proofOf(id, secret).toString('hex') }, this.#lifeMs);
    return id;
  }

  /** What the session was opened with, if that is still among `known` (the last one, as for who sends it); null: there is no such session. */
  async find(id: string, known: readonly KnownSecret[]): Promise<KnownSecret | null> {
    const kept = await this.#store.use(keyOf(id), this.#lifeMs);
    if (kept === null) return null;
    const proof = Buffer.from(kept.proof, 'hex');
    return known.findLast(each => each.name === kept.name && timingSafeEqual(proof, proofOf(id, each))) ?? null;
  }

  async end(id: string): Promise<void> {
    await this.#store.remove(keyOf(id));
  }
}

function keyOf(id: string): string {
  return sha256(id).toString('hex');
}

/** Keyed by the id, which is kept nowhere: what is kept tells nothing even of a password that could be guessed. */
function proofOf(id: string, { kind, sha256 }: KnownSecret): Buffer {
  return createHmac('sha256', id).update(kind).update(sha256).digest();
}
