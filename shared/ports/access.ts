import type { AuditEntry, AuditRecord } from '../domain/access/audit.ts';
import type { Role } from '../domain/access/role.ts';

/** A log-in as kept. Nothing in it lets anybody in. */
export interface KeptSession {
  /** At log-in. */
  readonly name: string;
  /** At log-in. */
  readonly role: Role;
  /** Ties it to what it was opened with; of no use without the id of the session, which is kept nowhere. */
  readonly proof: string;
}

/** Log-ins, for all processes that serve HTTP. Keys are hashes of their ids. */
export interface SessionStore {
  keep(key: string, session: KeptSession, lifeMs: number): Promise<void>;
  /** Lets it live for about `lifeMs` from now; null: there is none any more. */
  use(key: string, lifeMs: number): Promise<KeptSession | null>;
  remove(key: string): Promise<void>;
}

/** What was done through HTTP, in order; the oldest go. */
export interface AuditLog {
  add(record: Omit<AuditRecord, 'atMs'>): Promise<void>;
  /** Those after the entry `after`, oldest first; `after` null: the last ones. At most `limit`. */
  list(after: string | null, limit: number): Promise<AuditEntry[]>;
}
