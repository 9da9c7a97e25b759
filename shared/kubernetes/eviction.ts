import { StepError } from '../domain/failure.ts';
import type { EvictionAnswer } from '../ports/cluster.ts';
import { statusOf } from './failures.ts';
import type { ApiStatus } from './status.ts';

/** What an error that answered an eviction or a delete of a pod means. Throws it when it says nothing about the pod. */
export function evictionAnswer(error: unknown): EvictionAnswer {
  const status = error instanceof StepError ? statusOf(error.cause) : statusOf(error);
  if (status) return answerOf(status, error);
  if (error instanceof StepError && error.failure.code === 'cluster-unreachable') {
    return { kind: 'trouble', message: error.message, retryAfterMs: null };
  }
  throw error;
}

function answerOf(status: ApiStatus, error: unknown): EvictionAnswer {
  const { code, message, retryAfterMs } = status;
  if (code === 401) throw error;
  if (code === 404) return { kind: 'gone' };
  if (code === 429) return { kind: 'refused', message, budgets: budgetsOf(status), retryAfterMs };
  if (code === 403) return forbidden(status);
  // Our UID precondition did not hold: the name belongs to another pod now.
  if (code === 409 && /precondition/i.test(message)) return { kind: 'gone' };
  // The eviction subresource has no better word for it than this text (eviction.go).
  if (code >= 500 && /more than one PodDisruptionBudget/i.test(message)) return { kind: 'impossible', message };
  if (code === 409 || code >= 500) return { kind: 'trouble', message, retryAfterMs };
  return { kind: 'impossible', message };
}

function forbidden(status: ApiStatus): EvictionAnswer {
  const terminating = status.causes.some(cause => cause.reason === 'NamespaceTerminating');
  return { kind: terminating ? 'namespace-terminating' : 'impossible', message: status.message };
}

/** Budget names stand only in the text of the causes: "The disruption budget NAME needs …" or "… is still being …". */
function budgetsOf(status: ApiStatus): string[] {
  return status.causes.flatMap(cause => {
    if (cause.reason !== 'DisruptionBudget') return [];
    const name = /^The disruption budget (\S+) /.exec(cause.message)?.[1];
    return name === undefined ? [] : [name];
  });
}
