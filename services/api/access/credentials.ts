import { timingSafeEqual } from 'node:crypto';
import type { Person, Role } from '../../../shared/domain/access/role.ts';
import { type KnownToken, sha256 } from './tokens.ts';

/** The user the password belongs to. */
export const USER = 'nodetide';

/** What lets people in. */
export interface Credentials {
  readonly password?: string;
  /** The tokens there are now. */
  readonly tokens?: () => Promise<readonly KnownToken[]>;
}

/** What somebody gives to be let in. */
export interface Given {
  /** null: a bearer, who names itself by its token. */
  readonly user: string | null;
  readonly secret: string;
}

/** A password or a token there is. */
export interface KnownSecret extends Person {
  readonly kind: 'password' | 'token';
  readonly sha256: Buffer;
}

/** All that lets in now. The password is an admin's. */
export async function knownSecrets({ password, tokens }: Credentials): Promise<KnownSecret[]> {
  const role: Role = 'admin';
  const own = password === undefined ? [] : [{ kind: 'password' as const, name: USER, role, sha256: sha256(password) }];
  return [...own, ...((await tokens?.()) ?? []).map(token => ({ kind: 'token' as const, ...token }))];
}

/**
 * What `given` is; null: nothing that lets in. A token's name and the token do as user and password, for browsers. Of a token
 * that is there more than once the last one counts.
 * Every comparison takes as long as any other.
 */
export function findSecret(known: readonly KnownSecret[], given: Given): KnownSecret | null {
  const hash = sha256(given.secret);
  let found: KnownSecret | null = null;
  for (const secret of known) {
    const same = timingSafeEqual(hash, secret.sha256);
    const named = given.user === secret.name || (given.user === null && secret.kind === 'token');
    if (same && named) found = secret;
  }
  return found;
}

/** Reads the header `Authorization`: a bearer (RFC 6750), or user and password (RFC 7617); null: neither. */
export function readAuthorization(header: string | undefined): Given | null {
  const [scheme = '', value = ''] = (header ?? '').split(' ');
  if (scheme.toLowerCase() === 'bearer' && value !== '') return { user: null, secret: value };
  if (scheme.toLowerCase() !== 'basic') return null;
  const text = Buffer.from(value, 'base64').toString('utf8');
  const at = text.indexOf(':');
  return at < 0 ? null : { user: text.slice(0, at), secret: text.slice(at + 1) };
}
