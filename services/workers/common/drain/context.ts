import type { CordonPolicy, DrainPolicy } from '../../../../shared/domain/policy.ts';
import type { Clock } from '../../../../shared/ports/clock.ts';
import type { ClusterApi } from '../../../../shared/ports/cluster.ts';
import type { Fence } from '../../../../shared/ports/host.ts';
import type { DrainMemory, Remember } from './memory.ts';

/** What a drain works with; the caller has proven that it is the right machine, and owns the host. */
export interface DrainContext {
  readonly cluster: ClusterApi;
  /** The Node's UID in the plan; empty: not known. */
  readonly uid: string;
  readonly fence: Fence;
  readonly policy: DrainPolicy;
  /** How pods are kept off; default: as `kubectl cordon` does. */
  readonly cordon?: CordonPolicy;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** When the drain must be over, ms since the epoch: then StepError `drain-timeout` with an account of what is left. */
  readonly deadlineMs: number;
  /** When this attempt began, ms since the epoch: each attempt waits its own time for volumes. Default: the drain's own. */
  readonly startedAtMs?: number;
  readonly memory: DrainMemory | null;
  readonly remember: Remember;
  guard(): Promise<void>;
  log(text: string): void;
}

/** A visit that is not the last. */
export type Again = {
  readonly kind: 'again';
  readonly afterMs: number;
  readonly reason: string;
  /** See StepOutcome. */
  readonly account?: readonly string[];
};
