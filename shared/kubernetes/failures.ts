import { StepError } from '../domain/failure.ts';
import { type FailureCode, fail } from '../domain/failures/catalogue.ts';
import { type ApiStatus, readStatus } from './status.ts';

/** The Status inside an error that client-node threw for an HTTP answer; null: it is no answer (connection, abort …). */
export function statusOf(error: unknown): ApiStatus | null {
  if (!(error instanceof Error) || !('code' in error) || !('headers' in error)) return null;
  if (typeof error.code !== 'number') return null;
  const headers = error.headers as Record<string, string> | null;
  return readStatus(error.code, 'body' in error ? error.body : undefined, headers ?? {});
}

/** The StepError for whatever a call of the Kubernetes API threw. `doing`: what was tried, for people. */
export function clusterFailure(cluster: string, doing: string, error: unknown): StepError {
  if (error instanceof StepError) return error;
  const status = statusOf(error);
  if (!status) return connectionFailure(cluster, doing, error);
  const details = {
    message: `${cluster}: ${doing}: ${status.message}`,
    seen: `HTTP ${status.code}${status.reason ? ` ${status.reason}` : ''}`,
    cause: error,
  };
  if (status.retryAfterMs === null) return fail(codeOf(status), details);
  return fail(codeOf(status), { ...details, retryAfterMs: status.retryAfterMs });
}

function codeOf(status: ApiStatus): FailureCode {
  if (status.code === 401) return 'cluster-unauthorized';
  if (status.code === 403) return 'cluster-forbidden';
  // 409: somebody else wrote in between; 410: a list token expired; 429 and 5xx: the server has trouble.
  if ([409, 410, 429].includes(status.code) || status.code >= 500) return 'cluster-error';
  return 'cluster-refused';
}

const CERTIFICATE_CODES = /CERT|SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)|ERR_TLS_CERT/;

function connectionFailure(cluster: string, doing: string, error: unknown): StepError {
  const root = rootCause(error);
  const code = 'code' in root && typeof root.code === 'string' ? root.code : '';
  const message = `${cluster}: ${doing}: ${root.message || code || 'no connection'}`;
  const seen = code || root.name;
  return fail(CERTIFICATE_CODES.test(code) ? 'cluster-certificate' : 'cluster-unreachable', {
    message,
    seen,
    cause: error,
  });
}

/** fetch says only "fetch failed"; what happened is in its cause, with several addresses in an AggregateError. */
function rootCause(error: unknown): Error {
  let current = error instanceof Error ? error : new Error(String(error));
  for (let depth = 0; depth < 5; depth++) {
    const inner: unknown = current instanceof AggregateError ? current.errors[0] : current.cause;
    if (!(inner instanceof Error)) break;
    current = inner;
  }
  return current;
}
