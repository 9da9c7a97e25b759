import type { Plan } from '../plan.ts';
import type { RolloutStatus } from '../status.ts';
import type { DueSummary } from '../survey/survey.ts';
import type { EngineProcess } from '../view/summary.ts';
import type { OpenWait } from './waits.ts';

/** A queue as it is now. */
export interface QueueDepth {
  readonly queue: string;
  /** By state, without what is over. */
  readonly jobs: Readonly<Record<string, number>>;
  /** For how long the next job in turn could have run, ms; 0: none could. */
  readonly oldestMs: number;
}

/** What came of the notifications for one target. */
export interface TargetFacts {
  readonly target: string;
  /** By outcome. */
  readonly ended: Readonly<Record<string, number>>;
  readonly waiting: number;
  readonly oldestAtMs: number | null;
}

/** Everything that is shown of a store at one moment. */
export interface MetricFacts {
  /** Of every rollout that is kept. */
  readonly rolloutStates: readonly string[];
  /** Those under way. */
  readonly active: readonly { readonly plan: Plan; readonly status: RolloutStatus }[];
  /** `untilMs`: up to when they are known to go on. */
  readonly waits: readonly (OpenWait & { readonly untilMs: number })[];
  readonly uncounted: number;
  /** See the port MetricsStore. */
  readonly counts: ReadonlyMap<string, number>;
  readonly successes: ReadonlyMap<string, number>;
  readonly holders: ReadonlyMap<string, string>;
  readonly gateHolds: readonly { readonly cluster: string; readonly gate: string }[];
  readonly engines: readonly EngineProcess[];
  readonly queues: readonly QueueDepth[];
  readonly targets: readonly TargetFacts[];
  readonly surveys: ReadonlyMap<string, DueSummary>;
}
