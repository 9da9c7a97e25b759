import { createHash, randomBytes } from 'node:crypto';
import { isRole, ROLES, type Role } from '../../../shared/domain/access/role.ts';
import { fail } from '../../../shared/domain/failures/catalogue.ts';

/** A token somebody may ask with. The token itself is kept nowhere. */
export interface KnownToken {
  /** Who asks, for the journal. */
  readonly name: string;
  readonly role: Role;
  readonly sha256: Buffer;
}

/** A token as made. */
export interface NewToken {
  /** To be given to who asks; shown once. */
  readonly token: string;
  /** To be added to the file of token hashes. */
  readonly line: string;
}

/** Names of tokens: what the journal shows. */
export const TOKEN_NAME = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/;
const LINE = /^([^:\s]+):\s*([a-z]+)\s+sha256-([0-9a-f]{64})$/;

/** Makes a token of 256 random bits: so many that a plain hash of it cannot be turned back. */
export function newToken(name: string, role: Role): NewToken {
  const token = `ntd_${randomBytes(32).toString('base64url')}`;
  return { token, line: `${name}: ${role} sha256-${sha256(token).toString('hex')}` };
}

/**
 * Reads lines as {@link newToken} makes them; empty lines and those that begin with `#` are passed over. The same name may
 * stand there more than once. `file` is for messages.
 * @throws api-token-hashes
 */
export function parseTokens(text: string, file: string): KnownToken[] {
  return text.split('\n').flatMap((line, index) => parseLine(line.trim(), `${file}, line ${index + 1}`));
}

/** A wrong line is not repeated: it may be a token. */
function parseLine(line: string, where: string): KnownToken[] {
  if (line === '' || line.startsWith('#')) return [];
  const [, name = '', role = '', hash = ''] = LINE.exec(line) ?? [];
  if (!TOKEN_NAME.test(name) || !isRole(role)) {
    throw fail('api-token-hashes', {
      message: `${where}: expected NAME: ROLE sha256-HASH, as nodetide token new prints it; roles: ${ROLES.join(', ')}`,
    });
  }
  return [{ name, role, sha256: Buffer.from(hash, 'hex') }];
}

/** The SHA-256 digest of a text. */
export function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
