import { createHash } from 'node:crypto';
import type { ConnectConfig, ServerHostKeyAlgorithm } from 'ssh2';
import type { StepError } from '../../domain/failure.ts';
import { type FailureCode, fail } from '../../domain/failures/catalogue.ts';
import type { SshProfile } from '../../domain/plan.ts';
import { judgeKey, type KeyVerdict, type KnownHosts, keyType, knownTypes } from './known-hosts.ts';
import { readKnownHosts, recordKey } from './known-hosts-file.ts';
import { placeOf } from './route.ts';

/** Checks the key a server shows. */
export interface HostKeyCheck {
  /** For ssh2: the verifier, and the key types we know first. */
  readonly config: Pick<ConnectConfig, 'hostVerifier' | 'algorithms'>;
  /** Why the key was refused; null: it was not. */
  refusal(): StepError | null;
  /**
   * Writes down a key accepted for the first time, and says so; null: there was none. Throws StepError
   * `host-key-changed` when another key of this server was written down meanwhile.
   */
  keep(): Promise<string | null>;
}

interface Shown {
  readonly key: Buffer;
  readonly verdict: KeyVerdict;
}

/**
 * Reads the known_hosts file anew for each connection. A file that is not there holds no key. Throws StepError
 * `ssh-settings` when it cannot be read.
 */
export async function hostKeyCheck(profile: SshProfile, address: string, port: number): Promise<HostKeyCheck> {
  const file = profile.knownHostsFile;
  const known = await readKnownHosts(file);
  const server = { address, port };
  let shown: Shown | null = null;
  const accepted = (verdict: KeyVerdict) =>
    verdict === 'known' || (verdict === 'unknown' && profile.hostKeys === 'accept-new');
  return {
    config: {
      hostVerifier: (key: Buffer) => {
        shown = { key, verdict: judgeKey(known, address, port, key) };
        return accepted(shown.verdict);
      },
      algorithms: { serverHostKey: { prepend: preferred(known, address, port), append: [], remove: [] } },
    },
    refusal: () => (!shown || accepted(shown.verdict) ? null : refusal(shown, file, known, server)),
    keep: async () => {
      if (shown?.verdict !== 'unknown' || !accepted(shown.verdict)) return null;
      const verdict = await recordKey(file, address, port, shown.key);
      if (verdict === 'known') return null;
      if (verdict !== 'unknown') throw refusal({ ...shown, verdict }, file, known, server);
      return `accepted ${described(shown.key)} of ${placeOf(server)}, seen for the first time; written to ${file}`;
    },
  };
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

const REFUSALS: Readonly<Record<Exclude<KeyVerdict, 'known'>, readonly [FailureCode, string]>> = {
  unknown: ['host-key-unknown', 'is not known'],
  changed: ['host-key-changed', 'is not the one we know'],
  revoked: ['host-key-revoked', 'is revoked'],
  'authority-only': ['host-key-authority-only', 'is not known, only a certificate authority for it: not supported'],
};

function refusal(
  { key, verdict }: Shown,
  file: string,
  known: KnownHosts,
  server: { address: string; port: number },
): StepError {
  const [code, text] = REFUSALS[verdict === 'known' ? 'unknown' : verdict];
  const authorities = known.authorities.map(({ line }) => `line ${line}: a certificate authority`);
  const ignored = [...known.ignored, ...authorities];
  const more = ignored.length === 0 ? '' : `; not used there: ${ignored.join(', ')}`;
  return fail(code, {
    message: `the key of ${placeOf(server)} ${text}`,
    seen: `it shows ${described(key)}; compared with ${file}${more}`,
  });
}

/** A key as ssh-keygen -l shows it. */
function described(key: Buffer): string {
  return `${keyType(key)} SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}
