import type { ApprovalPlace } from './command.ts';
import type { NodeLeft, NodeState, RolloutOutcome } from './events.ts';
import type { Failure } from './failure.ts';
import type { StepName } from './steps.ts';

/** One step of a node as people see it. */
export interface StepStatus {
  readonly state: 'waiting' | 'running' | 'done' | 'failed' | 'skipped';
  readonly attempt: number;
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
  /** One line: what was done, what it waits for, or why it was left out. */
  readonly note: string;
  /** What was found out about what it waits for or failed at, as in a {@link Failure}; empty: nothing beyond the note. */
  readonly account: readonly string[];
  readonly failure: Failure | null;
  readonly proof: unknown;
  /** When the next attempt comes, after one that failed. */
  readonly retryAtMs: number | null;
}

/** One node as the journal tells it. */
export interface NodeStatus {
  readonly cluster: string;
  readonly node: string;
  readonly wave: number;
  readonly sequence: number | null;
  readonly controlPlane: boolean;
  readonly state: NodeState;
  /** 0: never claimed. */
  readonly round: number;
  /** The step it is in, or was in last. */
  readonly step: StepName | null;
  /** Why it waits, failed, or was left out; empty otherwise. */
  readonly reason: string;
  /** What failed in this round and was passed over, in order. */
  readonly warnings: readonly string[];
  readonly claimedAtMs: number | null;
  readonly endedAtMs: number | null;
  readonly slot: string | null;
  /** How it was left when it was skipped or aborted; null: it was not, or nothing is known. */
  readonly left: NodeLeft | null;
  readonly steps: Readonly<Record<StepName, StepStatus>>;
}

/** Something that cannot go on, and why. */
export interface WaitingStatus {
  readonly slot: string;
  readonly sinceMs: number;
  readonly reasons: readonly string[];
}

/** One wave as the journal tells it. */
export interface WaveStatus {
  readonly cluster: string;
  readonly index: number;
  readonly name: string;
  readonly concurrency: number;
  /** Failures it bears; null: only those around it are asked. */
  readonly failureBudget: number | null;
  readonly state: 'pending' | 'running' | 'done';
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
  /** Keys `cluster/node`, in plan order. */
  readonly nodes: readonly string[];
  readonly waiting: readonly WaitingStatus[];
  /** What failed around the wave and was passed over, in order. */
  readonly warnings: readonly string[];
}

/** One cluster as the journal tells it. */
export interface ClusterStatus {
  readonly name: string;
  readonly stage: string;
  /** Failures it bears; null: only the rollout's is asked. */
  readonly failureBudget: number | null;
  readonly state: 'pending' | 'running' | 'done';
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
  readonly waves: readonly WaveStatus[];
  /** What the whole cluster waits for, e.g. its Lease. */
  readonly waiting: readonly WaitingStatus[];
  /** What failed around the cluster and was passed over, in order. */
  readonly warnings: readonly string[];
}

/** A word of a person that was asked for, or given in advance. */
export interface ApprovalStatus {
  readonly place: ApprovalPlace;
  /** `used`: what it was given for has begun. */
  readonly state: 'wanted' | 'given' | 'used';
  /** Since when it is so; for `used`: since when it was given. */
  readonly sinceMs: number;
  /** Who gave it, and why; empty while it is wanted. */
  readonly by: string;
  readonly why: string;
  readonly expiresAtMs: number | null;
}

/** A person's word that keeps a rollout from going on. */
export interface Halt {
  readonly by: string;
  readonly why: string;
  readonly atMs: number;
}

/** A fold over plan and journal: see fold.ts. */
export interface RolloutStatus {
  readonly id: string;
  readonly fleet: string;
  readonly createdAtMs: number;
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
  /** `waiting-on-person`: failed or held nodes, and nothing else can go on. */
  readonly state: 'created' | 'running' | 'stopping' | 'paused' | 'aborting' | 'waiting-on-person' | 'done' | 'aborted';
  readonly outcome: RolloutOutcome | null;
  /** Who paused, stopped or aborted it last; null: nobody, or it was resumed. */
  readonly halt: Halt | null;
  /** Failures that are borne before no further node is taken. */
  readonly failureBudget: number;
  readonly clusters: readonly ClusterStatus[];
  /** By key `cluster/node`. */
  readonly nodes: Readonly<Record<string, NodeStatus>>;
  /** In the order in which they were last asked for; what was taken back or has expired is gone until it is asked for anew. */
  readonly approvals: readonly ApprovalStatus[];
  readonly counts: Readonly<Record<NodeState, number>>;
  /** The last event folded in; empty: none. */
  readonly lastEventId: string;
}
