import { readFile } from 'node:fs/promises';
import { CliError, EXIT } from '../../exit.ts';
import type { ServerPlace, Wiring } from '../../wiring.ts';
import type { ServerAccess } from './client.ts';

/** A token as `nodetide token new` prints it. */
const TOKEN = /^ntd_[\w-]{20,}$/;

/**
 * How the server of a place is asked: with the token of its file, else of NODETIDE_TOKEN, else of the file that
 * NODETIDE_TOKEN_FILE names. CliError when the address is none or a file cannot be read.
 */
export async function serverAccess(
  { url, tokenFile, caFile }: ServerPlace,
  env: Wiring['env'],
  say: (text: string) => void,
): Promise<ServerAccess> {
  const address = addressOf(url);
  const token = tokenFile === undefined ? await tokenOf(env) : await readToken(tokenFile);
  const ca = caFile === undefined ? null : await read(caFile, 'certificate authority');
  const isOpen = address.protocol === 'http:' && !/^(localhost|127\.[\d.]+|\[::1\])$/.test(address.hostname);
  if (isOpen && token !== null) say(`the token goes to ${address.host} readable for all on the way: use https`);
  return { url: (address.origin + address.pathname).replace(/(\/api\/v1)?\/*$/, ''), token, ca };
}

function addressOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '') return url;
  throw new CliError(EXIT.usage, 'a server is named by its address, such as https://nodetide.example.com');
}

async function tokenOf(env: Wiring['env']): Promise<string | null> {
  if (env['NODETIDE_TOKEN']) return checked(env['NODETIDE_TOKEN'].trim(), 'NODETIDE_TOKEN');
  return env['NODETIDE_TOKEN_FILE'] ? readToken(env['NODETIDE_TOKEN_FILE']) : null;
}

async function readToken(file: string): Promise<string> {
  return checked((await read(file, 'token')).trim(), file);
}

/** A file with the hashes of tokens is for servers; what is wrong is not shown: it may be a secret. */
function checked(token: string, where: string): string {
  if (TOKEN.test(token)) return token;
  throw new CliError(EXIT.badInput, `${where} holds no token: it is one line that begins with ntd_`);
}

async function read(file: string, what: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new CliError(EXIT.badInput, `the ${what} file cannot be read: ${(error as Error).message}`, { cause: error });
  }
}
