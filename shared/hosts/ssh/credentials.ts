import { readFile } from 'node:fs/promises';
import ssh2, { type ConnectConfig } from 'ssh2';
import { fail } from '../../domain/failures/catalogue.ts';
import type { SecretRef, SshProfile } from '../../domain/plan.ts';

/** What ssh2 needs to log in; `privateKey` is a string, as node-ssh wants it. */
export type Login = Pick<ConnectConfig, 'username' | 'agent' | 'passphrase'> & { privateKey?: string };

/**
 * Reads key and passphrase where the profile says they are. Throws StepError `ssh-settings`, which names the place,
 * never what is in it.
 */
export async function loginOf(profile: SshProfile): Promise<Login> {
  const { auth, user } = profile;
  if (auth.kind === 'agent') {
    const agent = auth.socket ?? process.env['SSH_AUTH_SOCK'];
    if (!agent) throw settings('no SSH agent: SSH_AUTH_SOCK is not set');
    return { username: user, agent };
  }
  const privateKey = await read(auth.file, 'the SSH key');
  const passphrase = auth.passphrase ? await secretOf(auth.passphrase) : undefined;
  const parsed = ssh2.utils.parseKey(privateKey, passphrase);
  if (parsed instanceof Error) throw settings(`the SSH key ${auth.file} cannot be used: ${keyTrouble(parsed.message)}`);
  return passphrase === undefined ? { username: user, privateKey } : { username: user, privateKey, passphrase };
}

async function secretOf(ref: SecretRef): Promise<string> {
  if ('file' in ref) return (await read(ref.file, 'the passphrase')).replace(/\r?\n$/, '');
  const value = process.env[ref.env];
  if (value === undefined) throw settings(`the passphrase is not there: ${ref.env} is not set`);
  return value;
}

async function read(file: string, what: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw settings(`${what} cannot be read from ${file} (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`);
  }
}

function keyTrouble(message: string): string {
  if (/no passphrase given/i.test(message)) return 'it is encrypted, and no passphrase is named';
  if (/integrity|bad passphrase|decrypt/i.test(message)) return 'wrong passphrase';
  return 'not a private key in a known format';
}

function settings(message: string) {
  return fail('ssh-settings', { message });
}
