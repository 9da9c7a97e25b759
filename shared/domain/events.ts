import type { ApprovalPlace, BudgetPlace } from './command.ts';
import type { MadeEstimate } from './estimate/made.ts';
import type { Failure } from './failure.ts';
import type { Hook, HookTarget } from './hooks/hook.ts';
import type { StepName } from './steps.ts';

/** States of a node within a rollout. Only the store's scripts change them. */
export const NODE_STATES = ['pending', 'claimed', 'failed', 'done', 'skipped', 'excluded', 'aborted'] as const;
/** One of {@link NODE_STATES}. */
export type NodeState = (typeof NODE_STATES)[number];

/** A node in one of these needs nothing more, and lets the next wave begin. */
export const SETTLED_STATES: readonly NodeState[] = ['done', 'skipped', 'excluded', 'aborted'];

/** How a rollout ended, or `null` while it goes on. */
export type RolloutOutcome = 'done' | 'aborted';

interface OfNode {
  readonly cluster: string;
  readonly node: string;
}
interface OfStep extends OfNode {
  readonly round: number;
  readonly step: StepName;
}

/** A pod that a disruption budget refuses to let go, since when this drain saw it refused first. */
export interface RefusedPod {
  /** `namespace/name`. */
  readonly pod: string;
  readonly budgets: readonly string[];
  readonly refusedForMs: number;
}

/** A drain does more than ask again, as its policy says: it tells of pods refused for long, or goes on to delete them. */
export interface DrainEscalation {
  readonly act: 'notified' | 'deleting';
  readonly pods: readonly RefusedPod[];
}

/** A hook that was run, around a node (or a step of it), a wave, or a cluster as a whole (neither `node` nor `wave`). */
interface OfHook {
  readonly cluster: string;
  readonly node?: string;
  readonly wave?: number;
  readonly hook: string;
  readonly when: Hook['when'];
  readonly of: HookTarget;
}

/** How a node was left that a person had skipped or aborted. */
export interface NodeLeft {
  /** Nothing of the work is left on it: it is in service again, or as it was before. */
  readonly well: boolean;
  /** What was done and the state it is in, in words. */
  readonly state: string;
  /** What a person should do; empty: nothing. */
  readonly todo: string;
}

/** What came of a hook. */
export type HookEvent =
  | ({ readonly type: 'hook-done'; readonly tookMs: number } & OfHook)
  /** It failed, and its policy is to go on all the same. */
  | ({ readonly type: 'hook-failed'; readonly reason: string } & OfHook);

/** What can happen in a rollout. Order and time come from the store. */
export type EventBody =
  | {
      readonly type: 'rollout-created';
      readonly by: string;
      readonly installation: string;
      /** Missing: not reckoned. */
      readonly estimate?: MadeEstimate;
    }
  | { readonly type: 'rollout-started' }
  | { readonly type: 'rollout-paused'; readonly by: string; readonly why: string }
  | { readonly type: 'rollout-resumed'; readonly by: string; readonly why: string }
  | { readonly type: 'rollout-stopping'; readonly by: string; readonly why: string }
  | { readonly type: 'rollout-aborting'; readonly by: string; readonly why: string }
  | { readonly type: 'rollout-ended'; readonly outcome: RolloutOutcome }
  | { readonly type: 'stage-started'; readonly stage: string }
  | { readonly type: 'stage-done'; readonly stage: string }
  | { readonly type: 'cluster-started'; readonly cluster: string }
  | { readonly type: 'cluster-done'; readonly cluster: string }
  | { readonly type: 'wave-started'; readonly cluster: string; readonly wave: number }
  | { readonly type: 'wave-done'; readonly cluster: string; readonly wave: number }
  | {
      readonly type: 'concurrency-changed';
      readonly cluster: string;
      readonly wave: number;
      readonly concurrency: number;
      readonly by: string;
      readonly why: string;
    }
  | {
      readonly type: 'failure-budget-changed';
      readonly place: BudgetPlace;
      readonly budget: number;
      readonly by: string;
      readonly why: string;
    }
  /** Something waits for a person's word. Said once, and again when an approval has expired or was taken back. */
  | { readonly type: 'approval-wanted'; readonly place: ApprovalPlace; readonly reason: string }
  /** `by` is `nodetide` when it opened by itself, and `why` says after what. */
  | {
      readonly type: 'approved';
      readonly place: ApprovalPlace;
      readonly by: string;
      readonly why: string;
      readonly expiresAtMs: number | null;
    }
  | { readonly type: 'approval-revoked'; readonly place: ApprovalPlace; readonly by: string; readonly why: string }
  | { readonly type: 'approval-expired'; readonly place: ApprovalPlace }
  /** A slot, or a rollout or cluster as a whole (`slot` empty), cannot go on, and why. */
  | {
      readonly type: 'waiting';
      readonly cluster: string;
      readonly wave: number;
      readonly slot: string;
      readonly reasons: readonly string[];
    }
  | { readonly type: 'waiting-over'; readonly cluster: string; readonly wave: number; readonly slot: string }
  | ({
      readonly type: 'node-claimed';
      readonly wave: number;
      readonly slot: string;
      readonly round: number;
      /** Found in the cluster with our mark on it, after a start or a failover. */
      readonly adopted: boolean;
    } & OfNode)
  | ({ readonly type: 'step-started'; readonly attempt: number; readonly epoch: number } & OfStep)
  /** The step polls something; said once per reason. `held`: what has begun does not count, it must begin anew. */
  | ({
      readonly type: 'step-waiting';
      readonly reason: string;
      readonly held: boolean;
      /** What was found out about the reason, as in a {@link Failure}. */
      readonly account?: readonly string[];
    } & OfStep)
  /** Told before the act. */
  | ({ readonly type: 'drain-escalated' } & DrainEscalation & OfStep)
  | ({ readonly type: 'step-done'; readonly proof: unknown; readonly note: string } & OfStep)
  /** `left` missing: not known. */
  | ({ readonly type: 'step-skipped'; readonly reason: string; readonly left?: NodeLeft } & OfStep)
  | ({
      readonly type: 'attempt-failed';
      readonly attempt: number;
      readonly failure: Failure;
      readonly retryInMs: number;
    } & OfStep)
  | ({ readonly type: 'step-failed'; readonly attempt: number; readonly failure: Failure } & OfStep)
  | ({ readonly type: 'node-retried'; readonly by: string; readonly why: string } & OfNode)
  | ({ readonly type: 'node-skip-asked'; readonly by: string; readonly why: string } & OfNode)
  | ({ readonly type: 'node-redo-asked'; readonly by: string; readonly why: string } & OfNode)
  | ({ readonly type: 'node-repaired'; readonly by: string; readonly why: string } & OfNode)
  /** All six steps are proven. The slot is still held until the cluster has recovered. */
  | ({ readonly type: 'node-done'; readonly round: number } & OfNode)
  | ({ readonly type: 'node-skipped'; readonly reason: string } & OfNode)
  | ({ readonly type: 'node-excluded'; readonly reason: string } & OfNode)
  | ({ readonly type: 'node-aborted'; readonly reason: string } & OfNode)
  /** The node waits for a person before it can be claimed. */
  | ({ readonly type: 'node-held'; readonly reason: string } & OfNode)
  /** What a node was held for is over. */
  | ({ readonly type: 'node-held-over' } & OfNode)
  /** The slot gave the node back. */
  | ({ readonly type: 'slot-released'; readonly wave: number; readonly slot: string } & OfNode)
  | HookEvent
  /** The reconciler found jobs, state or world apart and mended it. */
  | { readonly type: 'mended'; readonly what: string; readonly cluster?: string; readonly node?: string };

/** The `type` of an event. */
export type EventType = EventBody['type'];

/** An event as kept: `id` orders, `atMs` is the store's clock. */
export type RolloutEvent = EventBody & { readonly id: string; readonly atMs: number };
