import { timingSafeEqual } from 'node:crypto';
import { type KnownToken, sha256 } from './tokens.ts';

/** The user the password belongs to. */
export const USER = 'nodetide';

/** Who may ask. */
export interface Credentials {
  readonly password?: string;
  readonly tokens?: readonly KnownToken[];
}

/** Tells who asks from the header `Authorization`; null: nobody who may. */
export type Identify = (authorization: string | undefined) => string | null;

/**
 * Knows bearer tokens (RFC 6750), and as user and password (RFC 7617) the {@link USER} with the password or a token's name
 * with the token, for browsers. Every comparison takes as long as any other.
 */
export function identifier({ password, tokens = [] }: Credentials): Identify {
  const passwordHash = password === undefined ? null : sha256(password);
  return authorization => {
    const [scheme = '', value = ''] = (authorization ?? '').split(' ');
    const given = readGiven(scheme.toLowerCase(), value);
    if (given === null) return null;
    const hash = sha256(given.secret);
    let who: string | null = null;
    if (passwordHash && timingSafeEqual(hash, passwordHash) && given.user === USER) who = USER;
    for (const token of tokens) {
      const same = timingSafeEqual(hash, token.sha256);
      if (same && (given.user === null || given.user === token.name)) who = token.name;
    }
    return who;
  };
}

/** `user` null: a bearer names itself by its token. */
function readGiven(scheme: string, value: string): { user: string | null; secret: string } | null {
  if (scheme === 'bearer' && value !== '') return { user: null, secret: value };
  if (scheme !== 'basic') return null;
  const text = Buffer.from(value, 'base64').toString('utf8');
  const at = text.indexOf(':');
  return at < 0 ? null : { user: text.slice(0, at), secret: text.slice(at + 1) };
}
