import type { MadeEstimate } from '../estimate/made.ts';
import type { NodeState, RolloutOutcome } from '../events.ts';
import type { LeftPackage, OsRelease, PackageChange } from '../proof.ts';
import type { StepName } from '../steps.ts';

/** What was done to one node, in all its rounds, as far as steps proved it. */
export interface NodeReport {
  readonly cluster: string;
  readonly node: string;
  /** From 0 within its cluster. */
  readonly wave: number;
  /** Of its wave. */
  readonly waveName: string;
  readonly sequence: number | null;
  readonly controlPlane: boolean;
  readonly state: NodeState;
  /** 0: it was never taken. */
  readonly rounds: number;
  /** When it was taken first. */
  readonly claimedAtMs: number | null;
  /** When it was settled last; null: it is not. */
  readonly endedAtMs: number | null;
  /** Packages, in all rounds: from what was there before the first to what was there after the last; by name. */
  readonly changes: readonly PackageChange[];
  /** false: more may have changed: an upgrade of it was not proved, or the host cannot tell its packages. */
  readonly changesKnown: boolean;
  /** Packages that had a newer version in the last round and were left as they were. */
  readonly left: readonly LeftPackage[];
  /** The image that was staged for the reboot, where the system is one; null: it is none, or none was staged. */
  readonly image: string | null;
  readonly kernelBefore: string | null;
  /** As the last look after everything saw it run; null: nobody looked. */
  readonly kernelAfter: string | null;
  readonly osBefore: OsRelease | null;
  readonly osAfter: OsRelease | null;
  /** Reboots by nodetide. */
  readonly reboots: number;
  /** Rounds in which somebody else had rebooted it. */
  readonly rebootsByOthers: number;
  /** From the order of a reboot to the first answer after it, all together; null: none was done. */
  readonly downtimeMs: number | null;
  /**
   * How long pods could not be scheduled on it by our doing: from the first beginning of the step that cordoned it to the
   * end of uncordon, or until it was given up and given back; null: it was not cordoned, still is, or it is not known when it was given back.
   */
  readonly cordonedMs: number | null;
  /** Pods evicted to the end; `namespace/name`, in order of rounds. */
  readonly evicted: readonly string[];
  /** Those of them that were deleted against their budgets, as the policy says. */
  readonly deleted: readonly string[];
  /** How long each step worked, ms, in all rounds: from its beginning to its end, with its waiting for pods and retries. */
  readonly steps: Readonly<Partial<Record<StepName, number>>>;
  /** Why it was left out, failed or was given up; empty: nothing of the kind. */
  readonly reason: string;
  /** How it was left when it was skipped or aborted; empty: it was not. */
  readonly leftAs: string;
  /** What a person should still do; empty: nothing. */
  readonly todo: string;
  /** What steps warned of, and what failed around it and was passed over. */
  readonly warnings: readonly string[];
}

/** What kinds of {@link Deviation} there are. */
export const DEVIATION_KINDS = [
  'failure',
  'retry',
  'skip',
  'exclude',
  'held',
  'redo',
  'repaired',
  'approval',
  'pause',
  'stop',
  'resume',
  'abort',
  'concurrency',
  'budget',
  'hook',
  'mended',
  'warning',
] as const;

/** Something that did not go as planned, or that a person did. */
export interface Deviation {
  readonly atMs: number;
  readonly kind: (typeof DEVIATION_KINDS)[number];
  /** `cluster/node`, `cluster`, `wave dev/1`, `stage dev` (waves from 1), or empty: the rollout. */
  readonly place: string;
  /** Who did it; empty: nobody did. */
  readonly by: string;
  /** What whoever did it gave as reason; empty: none. */
  readonly why: string;
  /** One line: what happened. */
  readonly text: string;
}

/** What was planned for a wave, and what it took. */
export interface WaveReport {
  readonly stage: string;
  readonly cluster: string;
  /** From 0 within its cluster. */
  readonly index: number;
  readonly wave: string;
  readonly nodes: number;
  /** As planned; changes are among the deviations. */
  readonly concurrency: number;
  readonly counts: Readonly<Record<NodeState, number>>;
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
  /** What it was reckoned to take when the rollout was made; null: not known. */
  readonly estimatedMs: number | null;
}

/** A host that was not in the plan. */
export interface LeftOutReport {
  readonly cluster: string;
  readonly node: string;
  readonly reason: string;
}

/** A whole rollout for the change record. */
export interface RolloutReport {
  readonly id: string;
  readonly fleet: string;
  readonly by: string;
  /** null: it goes on; then all of the report is how far it is. */
  readonly outcome: RolloutOutcome | null;
  readonly createdAtMs: number;
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
  /** What it was reckoned to take when it was made; null: not known. */
  readonly estimate: MadeEstimate | null;
  readonly counts: Readonly<Record<NodeState, number>>;
  /** In plan order. */
  readonly waves: readonly WaveReport[];
  /** In plan order. */
  readonly nodes: readonly NodeReport[];
  /** Hosts that the plan left out. */
  readonly leftOut: readonly LeftOutReport[];
  /** In the order in which they happened. */
  readonly deviations: readonly Deviation[];
}
