import { createHash } from 'node:crypto';
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ConnectConfig, ServerHostKeyAlgorithm } from 'ssh2';
import type { StepError } from '../../domain/failure.ts';
import { fail } from '../../domain/failures/catalogue.ts';
import type { SshProfile } from '../../domain/plan.ts';
import {
  judgeKey,
  type KeyVerdict,
  type KnownHosts,
  keyType,
  knownHostsLine,
  knownTypes,
  parseKnownHosts,
} from './known-hosts.ts';

/** Checks the key a server shows. */
export interface HostKeyCheck {
  /** For ssh2: the verifier, and the key types we know first. */
  readonly config: Pick<ConnectConfig, 'hostVerifier' | 'algorithms'>;
  /** Why the key was refused; null: it was not. */
  refusal(): StepError | null;
  /** Writes down a key accepted for the first time. */
  keep(): Promise<void>;
}

/**
 * Reads the known_hosts file anew for each connection. A file that is not there holds no key. Throws StepError
 * `ssh-settings` when it cannot be read.
 */
export async function hostKeyCheck(profile: SshProfile, address: string, port: number): Promise<HostKeyCheck> {
  const known = await readKnownHosts(profile.knownHostsFile);
  let seen: { key: Buffer; verdict: KeyVerdict } | null = null;
  const accepted = (verdict: KeyVerdict) =>
    verdict === 'known' || (verdict === 'unknown' && profile.hostKeys === 'accept-new');
  return {
    config: {
      hostVerifier: (key: Buffer) => {
        seen = { key, verdict: judgeKey(known, address, port, key) };
        return accepted(seen.verdict);
      },
      algorithms: { serverHostKey: { prepend: preferred(known, address, port), append: [], remove: [] } },
    },
    refusal: () => (!seen || accepted(seen.verdict) ? null : refusal(seen, profile, known, `${address}:${port}`)),
    keep: async () => {
      if (seen?.verdict !== 'unknown' || !accepted(seen.verdict)) return;
      await mkdir(dirname(profile.knownHostsFile), { recursive: true });
      const line = knownHostsLine(address, port, seen.key);
      const start = (await endsOpen(profile.knownHostsFile)) ? '\n' : '';
      await appendFile(profile.knownHostsFile, `${start}${line}`, { mode: 0o600 });
    },
  };
}

/** A last line without its end would take the new line into its key. */
async function endsOpen(file: string): Promise<boolean> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text !== '' && !text.endsWith('\n');
}

async function readKnownHosts(file: string): Promise<KnownHosts> {
  try {
    return parseKnownHosts(await readFile(file, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { hosts: [], ignored: [] };
    throw fail('ssh-settings', { message: `the known_hosts file ${file} cannot be read`, cause: error });
  }
}

/** An RSA key is used with three signature algorithms (RFC 8332). */
function preferred(known: KnownHosts, address: string, port: number): ServerHostKeyAlgorithm[] {
  return knownTypes(known, address, port)
    .flatMap(type => (type === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa'] : [type]))
    .filter(type => SUPPORTED.has(type)) as ServerHostKeyAlgorithm[];
}

const SUPPORTED = new Set([
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
  'ssh-rsa',
]);

function refusal(
  seen: { key: Buffer; verdict: KeyVerdict },
  profile: SshProfile,
  known: KnownHosts,
  where: string,
): StepError {
  const fingerprint = createHash('sha256').update(seen.key).digest('base64').replace(/=+$/, '');
  const ignored = known.ignored.length === 0 ? '' : `; ignored there: ${known.ignored.join(', ')}`;
  const text = `${where} shows ${keyType(seen.key)} SHA256:${fingerprint}; compared with ${profile.knownHostsFile}${ignored}`;
  if (seen.verdict === 'unknown')
    return fail('host-key-unknown', { message: `the key of ${where} is not known`, seen: text });
  const what = seen.verdict === 'revoked' ? 'is revoked' : 'is not the one we know';
  return fail('host-key-changed', { message: `the key of ${where} ${what}`, seen: text });
}
