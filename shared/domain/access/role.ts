/** What somebody may do, each also what those before it may: look; act on rollouts; everything, the audit log too. */
export const ROLES = ['viewer', 'operator', 'admin'] as const;
/** One of {@link ROLES}. */
export type Role = (typeof ROLES)[number];

/** Whether `role` is enough where `needed` is asked for. */
export function roleAllows(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}

/** Whether a text names a role. */
export function isRole(text: string): text is Role {
  return ROLES.some(role => role === text);
}

/** Somebody who asks. */
export interface Person {
  /** For the journal and the audit log. */
  readonly name: string;
  readonly role: Role;
}
