import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fail } from '../../domain/failures/catalogue.ts';
import {
  judgeKey,
  type KeyVerdict,
  type KnownHosts,
  knownHostsLine,
  NOTHING_KNOWN,
  parseKnownHosts,
} from './known-hosts.ts';

/** Reads the file; one that is not there knows nothing. Throws StepError `ssh-settings` when it cannot be read. */
export async function readKnownHosts(file: string): Promise<KnownHosts> {
  const text = await textOf(file);
  return text === '' ? NOTHING_KNOWN : parseKnownHosts(text);
}

/** The last writer of each file: one writes after the other. */
const writing = new Map<string, Promise<unknown>>();

/**
 * Adds the key, if the file still knows none of this server; gives what the file said right before: `unknown` means
 * that it was written now. Throws StepError `ssh-settings` when the file cannot be read or written.
 */
export function recordKey(file: string, address: string, port: number, key: Buffer): Promise<KeyVerdict> {
  const before = writing.get(file) ?? Promise.resolve();
  const mine = before.then(() => append(file, address, port, key));
  const end = mine
    .catch(() => {})
    .then(() => {
      if (writing.get(file) === end) writing.delete(file);
    });
  writing.set(file, end);
  return mine;
}

async function append(file: string, address: string, port: number, key: Buffer): Promise<KeyVerdict> {
  const text = await textOf(file);
  const verdict = judgeKey(parseKnownHosts(text), address, port, key);
  if (verdict !== 'unknown') return verdict;
  // A last line without its end would take the new line into its key.
  const start = text === '' || text.endsWith('\n') ? '' : '\n';
  try {
    await mkdir(dirname(file), { recursive: true });
    // One write to the end of the file: other processes may append too.
    await appendFile(file, `${start}${knownHostsLine(address, port, key)}`, { mode: 0o600 });
  } catch (error) {
    throw fail('ssh-settings', { message: `the known_hosts file ${file} cannot be written`, cause: error });
  }
  return verdict;
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw fail('ssh-settings', { message: `the known_hosts file ${file} cannot be read`, cause: error });
  }
}
