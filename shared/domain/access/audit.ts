import type { Role } from './role.ts';

/** What came of an act. */
export type AuditResult =
  | 'done'
  /** By its rules, by its role, or as wrong. */
  | 'refused'
  | 'failed';

/** One act of a person through HTTP. Holds no secret. */
export interface AuditRecord {
  /** By the clock of the store. */
  readonly atMs: number;
  /** Who; of a failed log-in the name given, if that is one there is. */
  readonly name: string;
  /** null: nobody who may ask. */
  readonly role: Role | null;
  readonly address: string;
  /** What was asked for, such as `pause`, or `retry eu-1/node-3`. */
  readonly what: string;
  /** The path, without its query. */
  readonly path: string;
  readonly result: AuditResult;
  /** Why it was refused; empty: nothing to add. */
  readonly note: string;
}

/** An act as kept. */
export interface AuditEntry extends AuditRecord {
  readonly id: string;
}
