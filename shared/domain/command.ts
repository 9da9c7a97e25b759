/**
 * Where a rollout can wait for a person's word: before a stage, a cluster or a wave begins, or in a wave after its first
 * node (canary).
 */
export type ApprovalPlace =
  | { readonly of: 'stage'; readonly stage: string }
  | { readonly of: 'cluster'; readonly cluster: string }
  | { readonly of: 'wave' | 'canary'; readonly cluster: string; readonly wave: number };

/** What a failure budget holds over: the rollout as a whole, a cluster, or one wave of it. */
export type BudgetPlace =
  | { readonly of: 'rollout' }
  | { readonly of: 'cluster'; readonly cluster: string }
  | { readonly of: 'wave'; readonly cluster: string; readonly wave: number };

interface OfNode {
  readonly cluster: string;
  readonly node: string;
}

/** A person's act on a rollout. The same act twice changes nothing the second time, and is told once. */
export type Command =
  /** No further node is taken; those that are away go on to their end. */
  | { readonly kind: 'pause' }
  /** Goes on after a pause, and takes a `stop` back. */
  | { readonly kind: 'resume' }
  /** No further wave is opened; paused once the open ones are done. */
  | { readonly kind: 'stop' }
  /** Ends the rollout: what runs is cancelled where that is safe, sound nodes are given back. Final. */
  | { readonly kind: 'abort' }
  /** The failed step runs again. */
  | ({ readonly kind: 'retry' } & OfNode)
  /** The same for every node that has failed. */
  | { readonly kind: 'retry-all' }
  /** The node is left as it is, marked, and its slot freed. */
  | ({ readonly kind: 'skip' } & OfNode)
  /** A new round of the node, from drain on, while its wave is open. `unlessAsked`: refused when a person asked for something else. */
  | ({ readonly kind: 'redo'; readonly unlessAsked?: true } & OfNode)
  /** A person repaired the failed node: it is verified and uncordoned, nothing before that is done. */
  | ({ readonly kind: 'repaired' } & OfNode)
  /** A node that has not begun is left out. */
  | ({ readonly kind: 'exclude' } & OfNode)
  /** Most nodes of a wave away at once, at least 1. */
  | { readonly kind: 'concurrency'; readonly cluster: string; readonly wave: number; readonly concurrency: number }
  /** Failures that are borne from now on, at least 0. */
  | { readonly kind: 'failure-budget'; readonly place: BudgetPlace; readonly budget: number }
  /** `expiresAtMs`, by the store's clock: not begun by then, it is asked for anew; null: as the plan says. */
  | { readonly kind: 'approve'; readonly place: ApprovalPlace; readonly expiresAtMs: number | null }
  /** Takes an approval back that nothing has begun by. */
  | { readonly kind: 'revoke'; readonly place: ApprovalPlace };

/** One line that names a place, the same for the same place: `stage production`, `wave dev/2`. Waves count from 1, as people count. */
export function placeText(place: ApprovalPlace | BudgetPlace): string {
  switch (place.of) {
    case 'rollout':
      return 'rollout';
    case 'stage':
      return `stage ${place.stage}`;
    case 'cluster':
      return `cluster ${place.cluster}`;
    default:
      return `${place.of} ${place.cluster}/${place.wave + 1}`;
  }
}
