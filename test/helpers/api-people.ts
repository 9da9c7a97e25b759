import type { AccessOptions } from '../../services/api/access/access.ts';
import { newToken, sha256 } from '../../services/api/access/tokens.ts';
import { ROLES, type Role } from '../../shared/domain/access/role.ts';

/** Somebody with a token. */
export interface TokenHolder {
  readonly name: string;
  readonly role: Role;
  readonly token: string;
  /** Headers that let in. */
  readonly headers: Readonly<Record<string, string>>;
}

/** People with tokens, and what a server needs to let them in. */
export function tokenHolders<N extends string>(
  people: Readonly<Record<N, Role>>,
): { holders: Record<N, TokenHolder>; tokens: NonNullable<AccessOptions['tokens']> } {
  const holders = Object.entries<Role>(people).map(([name, role]): TokenHolder => {
    const { token } = newToken(name, role);
    return { name, role, token, headers: { authorization: `Bearer ${token}` } };
  });
  const known = holders.map(({ name, role, token }) => ({ name, role, sha256: sha256(token) }));
  return {
    holders: Object.fromEntries(holders.map(each => [each.name, each])) as Record<N, TokenHolder>,
    tokens: async () => known,
  };
}

/** One for each role, named like it. */
export const onePerRole = () => tokenHolders(Object.fromEntries(ROLES.map(role => [role, role])) as Record<Role, Role>);

/** Headers of user and password. */
export const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });
