import type { NodeState, RolloutOutcome } from '../events.ts';
import type { PackageChange } from '../proof.ts';
import type { StepName } from '../steps.ts';

/** What was done to one node. */
export interface NodeReport {
  readonly cluster: string;
  readonly node: string;
  /** Of its wave. */
  readonly wave: string;
  readonly state: NodeState;
  readonly rounds: number;
  readonly claimedAtMs: number | null;
  readonly endedAtMs: number | null;
  /** Packages, in all rounds. */
  readonly changes: readonly PackageChange[];
  readonly kernelBefore: string | null;
  readonly kernelAfter: string | null;
  readonly reboots: number;
  /** From the order of a reboot to the first answer after it, all together; null: none was ordered. */
  readonly downtimeMs: number | null;
  /** How long pods could not be scheduled on it: from claim to the end of uncordon; null: it was not cordoned or is still. */
  readonly cordonedMs: number | null;
  readonly evicted: number;
  readonly steps: Readonly<Partial<Record<StepName, number>>>;
  /** Why it was left out, failed or was given up; empty: nothing of the kind. */
  readonly reason: string;
  readonly warnings: readonly string[];
}

/** Something that did not go as planned, or that a person did. */
export interface Deviation {
  readonly atMs: number;
  readonly kind:
    | 'retry'
    | 'failure'
    | 'skip'
    | 'exclude'
    | 'redo'
    | 'repaired'
    | 'approval'
    | 'pause'
    | 'budget'
    | 'abort'
    | 'mended'
    | 'warning';
  /** `cluster/node`, `cluster`, or empty: the rollout. */
  readonly place: string;
  readonly by: string;
  readonly why: string;
  /** One line. */
  readonly text: string;
}

/** What was planned for a wave, and what it took. */
export interface WaveReport {
  readonly cluster: string;
  readonly wave: string;
  readonly nodes: number;
  readonly concurrency: number;
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
}

/** A whole rollout for the change record. */
export interface RolloutReport {
  readonly id: string;
  readonly fleet: string;
  readonly by: string;
  readonly outcome: RolloutOutcome | null;
  readonly createdAtMs: number;
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
  /** What it was reckoned to take when it was made; null: not known. */
  readonly estimatedMs: number | null;
  readonly counts: Readonly<Record<NodeState, number>>;
  readonly waves: readonly WaveReport[];
  /** In plan order. */
  readonly nodes: readonly NodeReport[];
  /** In the order in which they happened. */
  readonly deviations: readonly Deviation[];
}
