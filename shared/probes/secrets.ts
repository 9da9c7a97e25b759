import { readFile } from 'node:fs/promises';
import { fail } from '../domain/failures/catalogue.ts';
import type { HttpAuth } from '../domain/http-auth.ts';
import type { SecretRef } from '../domain/plan.ts';

/** Headers with their secrets in them, and the secrets on their own, to be masked in answers. */
export interface ReadHeaders {
  readonly headers: Record<string, string>;
  readonly secrets: readonly string[];
}

/** Shorter words may be words of any answer. */
const LEAST_SECRET = 8;

/** Reads the secrets of headers. Throws StepError `probe-settings`, which names the place, never what is in it. */
export async function readHeaders(
  headers: Readonly<Record<string, string | SecretRef>>,
  auth: HttpAuth | null,
): Promise<ReadHeaders> {
  const secrets: string[] = [];
  const entries = Object.entries(headers).map(async ([name, value]): Promise<[string, string]> => {
    if (typeof value === 'string') return [name, value];
    const secret = await headerSecretOf(value, `header ${name}`);
    secrets.push(...toMask(secret));
    return [name, secret];
  });
  const read = Object.fromEntries(await Promise.all(entries));
  if (auth === null) return { headers: read, secrets };
  const { authorization, secret } = await authorizationOf(auth);
  const rest = Object.entries(read).filter(([name]) => name.toLowerCase() !== 'authorization');
  return { headers: Object.fromEntries([...rest, ['authorization', authorization]]), secrets: [...secrets, ...secret] };
}

/** RFC 6750 and RFC 7617. */
async function authorizationOf(auth: HttpAuth): Promise<{ authorization: string; secret: readonly string[] }> {
  if (auth.kind === 'bearer') {
    const token = await headerSecretOf(auth.token, 'the token');
    return { authorization: `Bearer ${token}`, secret: [token] };
  }
  const password = await secretOf(auth.password, 'the password');
  const pair = Buffer.from(`${auth.user}:${password}`, 'utf8').toString('base64');
  return { authorization: `Basic ${pair}`, secret: [password, pair] };
}

/** Of `Bearer TOKEN` the token too: a server may repeat it alone. */
function toMask(secret: string): string[] {
  const last = secret.split(/\s+/).at(-1) ?? '';
  return last !== secret && last.length >= LEAST_SECRET ? [secret, last] : [secret];
}

/** The secret at `ref`. Throws StepError `probe-settings`, which names the place and `what` it is for. */
export async function secretOf(ref: SecretRef, what: string): Promise<string> {
  const value = 'env' in ref ? process.env[ref.env] : (await readOr(ref.file, what)).replace(/\r?\n$/, '');
  if (value === undefined || value === '') throw settings(`${what}: there is nothing in ${placeOf(ref)}`);
  return value;
}

/** As {@link secretOf}, for what is sent as it is: Node.js would put another value into its own complaint. */
async function headerSecretOf(ref: SecretRef, what: string): Promise<string> {
  const value = await secretOf(ref, what);
  if (/[^\t\x20-\x7e\x80-\xff]/.test(value)) throw settings(`${what}: what is in ${placeOf(ref)} cannot be a header`);
  return value;
}

function placeOf(ref: SecretRef): string {
  return 'env' in ref ? `the variable ${ref.env}` : ref.file;
}

/** The text of a file. Throws StepError `probe-settings`; `what` says what it is for. */
export async function readOr(file: string, what: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw settings(`${what}: ${file} cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown'})`);
  }
}

function settings(message: string) {
  return fail('probe-settings', { message });
}
