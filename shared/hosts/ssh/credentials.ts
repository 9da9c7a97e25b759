import { createHash, createPrivateKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import ssh2, { type AnyAuthMethod, type ConnectConfig, type ParsedKey } from 'ssh2';
import { fail } from '../../domain/failures/catalogue.ts';
import type { SecretRef, SshProfile } from '../../domain/plan.ts';
import { inTime } from '../wait.ts';

/** How we log in. */
export interface Login {
  /** For ssh2. */
  readonly config: Pick<ConnectConfig, 'authHandler'>;
  /** Whom and with what we tried, and what the server would take instead; for people, without secrets. */
  told(): string;
}

/**
 * Reads key and passphrase where the profile says they are, or asks the agent for its keys. Throws StepError
 * `ssh-settings`, which names the place, never what is in it.
 */
export async function loginOf(profile: SshProfile): Promise<Login> {
  const { auth, user } = profile;
  if (auth.kind === 'agent') {
    const socket = auth.socket ?? process.env['SSH_AUTH_SOCK'];
    if (!socket) throw settings('no SSH agent: SSH_AUTH_SOCK is not set');
    const count = await keysOf(socket, profile.connectTimeoutMs);
    const keys = count === 1 ? 'the key' : `the ${count} keys`;
    return tryOnce({ type: 'agent', username: user, agent: socket }, `${user} with ${keys} of the agent ${socket}`);
  }
  const text = await read(auth.file, 'the SSH key');
  const passphrase = auth.passphrase ? await secretOf(auth.passphrase) : undefined;
  const key = parse(auth.file, text, passphrase);
  return tryOnce({ type: 'publickey', username: user, key }, `${user} with the key ${auth.file}`);
}

/** One method, once: a server that takes none of it is told nothing else. */
function tryOnce(method: AnyAuthMethod, who: string): Login {
  let offers: readonly string[] | null = null;
  let half = false;
  let tried = false;
  return {
    config: {
      authHandler: (left, partialSuccess, next) => {
        if (tried) {
          offers = left;
          half = partialSuccess;
        }
        // ssh2 takes `false` for "nothing more"; its types do not say so.
        next(tried ? (false as never) : method);
        tried = true;
      },
    },
    told: () => {
      if (offers === null) return who;
      const more = `the server ${half ? 'asks besides for' : 'takes'} ${offers.join(', ') || 'nothing'}`;
      return `${who}; ${more}`;
    },
  };
}

const NO_PASSPHRASE = 'it is encrypted, and no passphrase is named';

/** Keys already opened: to open an encrypted one costs a tenth of a second of work each time. */
const opened = new Map<string, ParsedKey>();

function parse(file: string, text: string, passphrase: string | undefined): ParsedKey {
  const id = createHash('sha256')
    .update(`${text}\0${passphrase ?? ''}`)
    .digest('hex');
  const known = opened.get(id);
  if (known) return known;
  const parsed = ssh2.utils.parseKey(fromPkcs8(file, text, passphrase), passphrase);
  const key = Array.isArray(parsed) ? (parsed[0] as ParsedKey) : parsed;
  if (key instanceof Error) throw settings(`the SSH key ${file} cannot be used: ${keyTrouble(key.message)}`);
  if (!key.isPrivateKey()) throw settings(`the SSH key ${file} cannot be used: it is a public key`);
  opened.set(id, key);
  return key;
}

/** ssh2 does not read PKCS #8 (RFC 5958), which is what openssl and ssh-keygen -m PKCS8 write: the same key in the older form. */
function fromPkcs8(file: string, text: string, passphrase: string | undefined): string {
  const [, encrypted] = /-----BEGIN (ENCRYPTED )?PRIVATE KEY-----/.exec(text) ?? [null, null];
  if (encrypted === null) return text;
  const unusable = (why: string) => settings(`the SSH key ${file} cannot be used: ${why}`);
  if (encrypted !== undefined && passphrase === undefined) throw unusable(NO_PASSPHRASE);
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: text, ...(passphrase === undefined ? {} : { passphrase }) });
  } catch {
    throw unusable(encrypted === undefined ? 'not a private key in a known format' : 'wrong passphrase');
  }
  if (key.asymmetricKeyType === 'rsa') return key.export({ type: 'pkcs1', format: 'pem' }).toString();
  if (key.asymmetricKeyType === 'ec') return key.export({ type: 'sec1', format: 'pem' }).toString();
  throw unusable('of this type only the format of OpenSSH is known; ssh-keygen -p -f FILE writes it');
}

/** How many keys the agent holds; none is a failure. */
async function keysOf(socket: string, timeoutMs: number): Promise<number> {
  const asking = new Promise<number>((resolve, reject) => {
    ssh2.createAgent(socket).getIdentities((error, keys) => {
      if (error) reject(settings(`the SSH agent at ${socket} does not answer: ${error.message}`));
      else resolve(keys?.length ?? 0);
    });
  });
  const count = await inTime(asking, timeoutMs, () => settings(`the SSH agent at ${socket} does not answer in time`));
  if (count === 0) throw settings(`the SSH agent at ${socket} holds no key: ssh-add adds one`);
  return count;
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
  if (/no passphrase given/i.test(message)) return NO_PASSPHRASE;
  if (/integrity|bad passphrase|decrypt/i.test(message)) return 'wrong passphrase';
  return 'not a private key in a known format';
}

function settings(message: string) {
  return fail('ssh-settings', { message });
}
