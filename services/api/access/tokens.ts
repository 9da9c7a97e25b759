import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fail } from '../../../shared/domain/failures/catalogue.ts';

/** A token somebody may ask with. The token itself is kept nowhere. */
export interface KnownToken {
  /** Who asks, for the journal. */
  readonly name: string;
  readonly sha256: Buffer;
}

/** A token as made. */
export interface NewToken {
  /** To be given to who asks; shown once. */
  readonly token: string;
  /** To be added to the token file. */
  readonly line: string;
}

/** Names of tokens: what the journal shows. */
export const TOKEN_NAME = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/;
const LINE = /^([^:\s]+):\s*sha256-([0-9a-f]{64})$/;

/** Makes a token of 256 random bits: so many that a plain hash of it cannot be turned back. */
export function newToken(name: string): NewToken {
  const token = `ntd_${randomBytes(32).toString('base64url')}`;
  return { token, line: `${name}: sha256-${sha256(token).toString('hex')}` };
}

/**
 * Reads a file of lines as {@link newToken} makes them; empty lines and those that begin with `#` are passed over. The
 * same name may stand there more than once.
 * @throws api-token-file
 */
export async function readTokens(file: string): Promise<KnownToken[]> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw fail('api-token-file', {
      message: `the token file ${file} cannot be read`,
      seen: String(error),
      cause: error,
    });
  });
  const tokens = text.split('\n').flatMap((line, index) => parseLine(line.trim(), `${file}, line ${index + 1}`));
  if (tokens.length === 0) throw fail('api-token-file', { message: `the token file ${file} holds no token` });
  return tokens;
}

/** A wrong line is not repeated: it may be a token. */
function parseLine(line: string, where: string): KnownToken[] {
  if (line === '' || line.startsWith('#')) return [];
  const [, name = '', hash = ''] = LINE.exec(line) ?? [];
  if (!TOKEN_NAME.test(name)) {
    throw fail('api-token-file', { message: `${where}: expected NAME: sha256-HASH, as nodetide token new prints it` });
  }
  return [{ name, sha256: Buffer.from(hash, 'hex') }];
}

/** The SHA-256 digest of a text. */
export function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
