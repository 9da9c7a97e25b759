import { readFile } from 'node:fs/promises';
import { fail } from '../domain/failures/catalogue.ts';
import type { SecretRef } from '../domain/plan.ts';

/** Headers with their secrets in them, and the secrets on their own, to be masked in answers. */
export interface ReadHeaders {
  readonly headers: Record<string, string>;
  readonly secrets: readonly string[];
}

/** Shorter words may be words of any answer. */
const LEAST_SECRET = 8;

/** Reads the secrets of headers. Throws StepError `probe-settings`, which names the place, never what is in it. */
export async function readHeaders(headers: Readonly<Record<string, string | SecretRef>>): Promise<ReadHeaders> {
  const secrets: string[] = [];
  const entries = Object.entries(headers).map(async ([name, value]): Promise<[string, string]> => {
    if (typeof value === 'string') return [name, value];
    const secret = await secretOf(value, name);
    secrets.push(...toMask(secret));
    return [name, secret];
  });
  return { headers: Object.fromEntries(await Promise.all(entries)), secrets };
}

/** Of `Bearer TOKEN` the token too: a server may repeat it alone. */
function toMask(secret: string): string[] {
  const last = secret.split(/\s+/).at(-1) ?? '';
  return last !== secret && last.length >= LEAST_SECRET ? [secret, last] : [secret];
}

async function secretOf(ref: SecretRef, header: string): Promise<string> {
  const value =
    'env' in ref ? process.env[ref.env] : (await readOr(ref.file, `header ${header}`)).replace(/\r?\n$/, '');
  const where = 'env' in ref ? `the variable ${ref.env}` : ref.file;
  if (value === undefined || value === '') throw settings(`header ${header}: there is nothing in ${where}`);
  // Node.js would put the value into its own complaint.
  if (/[^\t\x20-\x7e\x80-\xff]/.test(value)) throw settings(`header ${header}: what is in ${where} cannot be a header`);
  return value;
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
