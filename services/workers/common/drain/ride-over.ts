import { failureOf } from '../../../../shared/domain/failure.ts';
import { fail } from '../../../../shared/domain/failures/catalogue.ts';
import type { Again, DrainContext } from './context.ts';
import type { DrainMemory } from './memory.ts';

/** These may be over in a moment; every other failure says something about the node or about us. */
const PASSING: readonly string[] = ['cluster-unreachable', 'cluster-error'];
const AGAIN_MS = 2_000;

/**
 * A drain that has begun (`memory`) comes back after passing trouble of the API server: pods are gone already, and giving
 * up would help nobody. Throws what cannot pass; after the deadline `drain-timeout`, with what was seen last.
 */
export function rideOver(
  context: Pick<DrainContext, 'cluster' | 'fence' | 'clock' | 'deadlineMs' | 'log'>,
  memory: DrainMemory | null,
  error: unknown,
): Again {
  const failure = failureOf(error);
  if (memory === null || !PASSING.includes(failure.code)) throw error;
  const { cluster, fence, clock, deadlineMs } = context;
  const now = clock.now();
  if (now >= deadlineMs) {
    const seen = ['seen last:', ...(memory.lastSeen ?? Object.values(memory.targets))].join('\n');
    const message = `${fence.node} was not drained in time: ${failure.message}`;
    throw fail('drain-timeout', { message, seen, leftAs: 'cordoned, some of its pods are evicted' });
  }
  context.log(`${failure.message}\n`);
  const afterMs = Math.max(1, Math.min(Math.max(AGAIN_MS, failure.retryAfterMs ?? 0), deadlineMs - now));
  return { kind: 'again', afterMs, reason: `waiting for the API server of ${cluster.name}, which is in trouble` };
}
