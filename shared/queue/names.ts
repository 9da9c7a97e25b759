import { STEPS } from '../domain/steps.ts';

/** Queues of the tree's upper levels, from the root. */
export const TREE_QUEUES = ['rollout', 'cluster', 'wave', 'slot'] as const;
export type TreeQueue = (typeof TREE_QUEUES)[number];

/** Every queue there is; a chain's steps are the lower six levels of the tree. */
export const QUEUE_NAMES = [...TREE_QUEUES, ...STEPS] as const;
export type QueueName = (typeof QUEUE_NAMES)[number];

/** Job data of each level: who it is about, nothing more. */
export interface RolloutJob {
  readonly rollout: string;
}
export interface ClusterJob extends RolloutJob {
  readonly cluster: string;
  readonly hook?: HookTries;
  /** A hook before the wave or cluster was begun: its end has to be told, also that it was aborted. */
  readonly hooksBegun?: true;
}
export interface WaveJob extends ClusterJob {
  readonly wave: number;
}
export interface SlotJob extends WaveJob {
  readonly slot: string;
  readonly recovery?: RecoveryMemory;
}
export interface StepJob extends WaveJob {
  readonly node: string;
  readonly round: number;
}

/** What a wave or cluster keeps in its job about a hook that failed, between two tries. */
export interface HookTries {
  readonly name: string;
  readonly failures: number;
  /** When it may run again, store's clock. */
  readonly notBeforeMs: number;
  /** What the last try came to. */
  readonly reason: string;
}

/** What a slot keeps in its job about the node it holds, between two looks. */
export interface RecoveryMemory {
  readonly node: string;
  readonly round: number;
  /** Since when the cluster has been well again, store's clock; null: not yet. */
  readonly wellSinceMs: number | null;
}
