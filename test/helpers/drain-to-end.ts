import { type DrainOutcome, drainNode } from '../../services/workers/common/drain/drain-node.ts';
import type { DrainMemory } from '../../services/workers/common/drain/memory.ts';
import type { DrainPolicy } from '../../shared/domain/policy.ts';
import type { ClusterApi } from '../../shared/ports/cluster.ts';
import type { Fence } from '../../shared/ports/host.ts';
import { systemClock } from '../../shared/telemetry/clock.ts';

/** What to drain, and for how long at most. */
export interface WholeDrain {
  readonly cluster: ClusterApi;
  readonly fence: Fence;
  readonly policy: DrainPolicy;
  readonly timeoutMs: number;
}

/** Drains a node by the real clock, visit after visit. Rejects as drainNode does. */
export async function drainToEnd(drain: WholeDrain): Promise<Extract<DrainOutcome, { kind: 'drained' }>['proof']> {
  const { cluster, fence, policy, timeoutMs } = drain;
  const { signal } = new AbortController();
  const deadlineMs = Date.now() + timeoutMs;
  let memory: DrainMemory | null = null;
  for (;;) {
    const outcome: DrainOutcome = await drainNode({
      ...{ cluster, fence, policy, signal, deadlineMs, memory },
      uid: '',
      clock: systemClock,
      remember: async kept => {
        memory = kept;
      },
      guard: () => Promise.resolve(),
      log: () => undefined,
    });
    if (outcome.kind === 'drained') return outcome.proof;
    await systemClock.sleep(outcome.afterMs, signal);
  }
}
