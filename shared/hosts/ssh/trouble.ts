import { StepError } from '../../domain/failure.ts';
import { type FailureCode, fail } from '../../domain/failures/catalogue.ts';
import { flat } from '../../domain/text.ts';

/** How far a login has come: what can be said of one that fails. */
export interface LoginProgress {
  /** The way to the server is open. */
  connected: boolean;
  /** The first bytes it sent; null: it said nothing. */
  said: string | null;
  /** Keys are exchanged. */
  encrypted: boolean;
}

/** System error codes (errno(3), getaddrinfo(3)) and what they mean for a host. */
const BY_ERRNO: Readonly<Record<string, FailureCode>> = {
  ECONNREFUSED: 'host-refused-connection',
  EHOSTUNREACH: 'host-unreachable',
  ENETUNREACH: 'host-unreachable',
  EHOSTDOWN: 'host-unreachable',
  ENETDOWN: 'host-unreachable',
  EADDRNOTAVAIL: 'host-unreachable',
  ETIMEDOUT: 'host-timeout',
  ENOTFOUND: 'host-name-not-found',
  EAI_AGAIN: 'host-name-not-found',
};

const TEXT: Partial<Record<FailureCode, string>> = {
  'host-refused-connection': 'refuses the connection',
  'host-unreachable': 'cannot be reached',
  'host-timeout': 'did not answer in time',
  'host-name-not-found': 'has no address: the name is not known',
  'host-silent': 'takes the connection and says nothing',
  'host-login-timeout': 'did not end the login in time',
  'host-auth-refused': 'refuses the login',
  'host-ssh-incompatible': 'has no algorithm in common with us',
  'host-closed-before-login': 'closed the connection before the login',
  'host-connection-lost': 'lost the connection',
  'host-sessions-full': 'opens no session',
  'host-no-shell': 'runs no commands for this user',
};

/** What ssh2, node-ssh and sockets throw. */
interface RawError {
  readonly level?: string;
  readonly code?: unknown;
  readonly message?: string;
  readonly reason?: unknown;
}

/** Reasons of a refused channel (RFC 4254, 5.1). */
const PROHIBITED = 1;

/**
 * The failure behind an error of a login that came as far as `progress`; a StepError stays what it is. ssh2's `level` says
 * where: `client-timeout`, `client-authentication`, `client-socket`, `agent`, `handshake`, `protocol`.
 */
export function loginTrouble(error: unknown, where: string, progress: LoginProgress, login: string): StepError {
  if (error instanceof StepError) return error;
  const raw = error as RawError;
  if (raw.level === 'agent')
    return fail('ssh-settings', { message: `the SSH agent signs nothing for ${where}: ${raw.message}`, cause: error });
  const code = loginCode(raw, progress);
  const text = code === 'host-auth-refused' ? `${TEXT[code]} of ${login}` : (TEXT[code] ?? 'is in trouble');
  return fail(code, { message: `${where} ${text}`, seen: seenAtLogin(raw, progress), cause: error });
}

/** The failure behind an error of an open connection, or of a session on it. */
export function commandTrouble(error: unknown, where: string): StepError {
  if (error instanceof StepError) return error;
  const { message = String(error), reason } = error as RawError;
  let code: FailureCode = 'host-connection-lost';
  if (reason !== undefined) code = 'host-sessions-full';
  else if (message === 'Unable to exec') code = 'host-no-shell';
  return fail(code, { message: `${where} ${TEXT[code]}`, seen: message, cause: error });
}

/** The failure behind a jump host that does not connect onwards. OpenSSH gives the text of the system error. */
export function forwardTrouble(error: unknown, jump: string, where: string): StepError {
  if (error instanceof StepError) return error;
  const { message = String(error), reason } = error as RawError;
  const seen = `${jump} says: ${message}`;
  if (reason === PROHIBITED)
    return fail('host-jump-refused', { message: `${jump} does not forward to ${where}`, seen: message, cause: error });
  if (reason === undefined)
    return fail('host-connection-lost', { message: `${jump} lost the connection`, seen: message, cause: error });
  const code = forwardCode(message);
  return fail(code, { message: `${where} ${TEXT[code]}`, seen, cause: error });
}

function forwardCode(message: string): FailureCode {
  if (/refused/i.test(message)) return 'host-refused-connection';
  if (/timed out/i.test(message)) return 'host-timeout';
  if (/not known|unknown host|name resolution|no address/i.test(message)) return 'host-name-not-found';
  return 'host-unreachable';
}

function loginCode({ level, code, message = '' }: RawError, progress: LoginProgress): FailureCode {
  if (!progress.connected) {
    const known = typeof code === 'string' ? BY_ERRNO[code] : undefined;
    if (known) return known;
    return level === 'client-timeout' ? 'host-timeout' : 'host-unreachable';
  }
  if (level === 'client-authentication' || /too many authentication failures/i.test(message))
    return 'host-auth-refused';
  if (level === 'client-timeout') return progress.said === null ? 'host-silent' : 'host-login-timeout';
  // No algorithm in common, or a protocol that is older than version 2.
  if (/no matching|invalid identification/i.test(message)) return 'host-ssh-incompatible';
  return 'host-closed-before-login';
}

function seenAtLogin({ message }: RawError, { connected, said, encrypted }: LoginProgress): string {
  const stage = encrypted ? 'after the key exchange' : said === null ? 'before a first word' : 'in the key exchange';
  // After its banner a server speaks binary.
  const words = said === null ? '' : `; it said: ${flat(said.split('\n')[0] ?? '')}`;
  return connected ? `${message} (${stage}${words})` : String(message);
}
