import { StepError } from '../../domain/failure.ts';
import { type FailureCode, fail } from '../../domain/failures/catalogue.ts';

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
  'host-auth-refused': 'refuses the login',
  'host-connection-lost': 'lost the connection',
};

/**
 * The failure behind an error of ssh2 or of the socket; a StepError stays what it is. ssh2's `level` says where:
 * `client-timeout` (handshake or keepalive), `client-authentication`, `client-socket`, `handshake`, `protocol`.
 */
export function sshTrouble(error: unknown, where: string): StepError {
  if (error instanceof StepError) return error;
  const { level, code, message } = error as { level?: string; code?: unknown; message?: string };
  const verdict = codeOf(level, code, message ?? '');
  return fail(verdict, {
    message: `${where} ${TEXT[verdict] ?? 'is in trouble'}`,
    seen: message ?? String(error),
    cause: error,
  });
}

function codeOf(level: string | undefined, code: unknown, message: string): FailureCode {
  const known = typeof code === 'string' ? BY_ERRNO[code] : undefined;
  if (known) return known;
  if (level === 'client-authentication') return 'host-auth-refused';
  if (level === 'client-timeout') return message.startsWith('Keepalive') ? 'host-connection-lost' : 'host-timeout';
  // A jump host that cannot connect onwards: RFC 4254, SSH_OPEN_CONNECT_FAILED.
  if (/channel open failure/i.test(message))
    return /refused/i.test(message) ? 'host-refused-connection' : 'host-unreachable';
  return 'host-connection-lost';
}
