/** A workload, by the kind and name a person would ask for. */
export interface Owner {
  readonly kind: string;
  readonly name: string;
}

/** Why an eviction does not go through, most telling first. */
export type CauseKind =
  /** 500: the eviction subresource takes one budget at most. */
  | 'several-budgets'
  /** The budget can never allow it. */
  | 'budget-never'
  /** It can never allow it, and there is only one pod. */
  | 'single-replica'
  /** The controller has not computed it anew since it was changed. */
  | 'budget-not-observed'
  /** It refused, and is not there any more. */
  | 'budget-gone'
  /** It allows one again. */
  | 'budget-free'
  /** The pod itself is not ready, and its budget protects it all the same. */
  | 'pod-unhealthy'
  | 'siblings-unhealthy'
  /** The budget counts more pods than there are. */
  | 'pods-missing'
  /** All are well: evictions or a count are under way. */
  | 'settling'
  /** 429 without a budget. */
  | 'server-busy'
  | 'namespace-terminating'
  | 'webhook'
  | 'forbidden'
  /** Refused for good, for a reason only the API's words tell. */
  | 'refused'
  /** The pod stops, within its grace period. */
  | 'stopping'
  /** It should have stopped. */
  | 'stuck'
  /** Refused by a budget whose numbers could not be read. */
  | 'not-known';

/** Why a pod does not count as healthy. */
export type TroubleKind =
  /** No node has room, going by what the scheduler says. */
  | 'no-room'
  /** Its own rules of spreading leave no node. */
  | 'spread'
  /** Every node with room has a taint it does not tolerate, or is cordoned. */
  | 'taints'
  /** No node with the labels it asks for. */
  | 'selector'
  /** Its volumes tie it to nodes it cannot have, or are not there. */
  | 'volume'
  /** Not placed, for another reason. */
  | 'not-placed'
  | 'crash-loop'
  | 'image-pull'
  /** A container that cannot be made, or another state the kubelet names. */
  | 'container'
  /** It runs on a node that is not Ready or gone. */
  | 'node-away'
  /** Terminating for longer than its grace period. */
  | 'stuck'
  | 'terminating'
  /** Failed or succeeded, and not replaced. */
  | 'finished'
  /** Runs, and its readiness is not given. */
  | 'not-ready'
  /** On its way up: normal. */
  | 'starting';

/** A node that is away, and on whose account. */
export interface AwayNode {
  readonly node: string;
  readonly by: 'this-rollout' | 'another-rollout' | 'somebody' | 'not-ready' | 'gone';
  /** Not Ready or gone: what its kubelet told last says nothing about now. */
  readonly down: boolean;
  /** In words, to stand after its name: `taken by this rollout, cordoned, not Ready: …`. */
  readonly text: string;
  /** The same without what changes by itself. */
  readonly short: string;
}

/** A pod that counts for the same budget, or belongs to the same workload, and is not healthy. */
export interface Unhealthy {
  /** `namespace/name`. */
  readonly pod: string;
  /** Empty: on none. */
  readonly node: string;
  readonly kind: TroubleKind;
  /** In words, to stand after its name: `Pending: 1 Insufficient cpu`. The API's own words where there are any. */
  readonly text: string;
  /** The same without what changes by itself (counts, times). */
  readonly short: string;
  /** null: its node is not away, or it has none. */
  readonly away: AwayNode | null;
}

/** A budget and its numbers at that moment. */
export interface BudgetNumbers {
  readonly name: string;
  /** `minAvailable 1`, `maxUnavailable 30%`; empty: neither. */
  readonly rule: string;
  readonly healthy: number;
  readonly needed: number;
  readonly expected: number;
  readonly allowed: number;
  /** What it selects, as `kubectl -l` takes it; null: nothing. */
  readonly selector: string | null;
}

/** Something that would let the drain go on. */
export interface Advice {
  readonly text: string;
  /** Empty: there is none. */
  readonly command: string;
}

/** Why one pod cannot be evicted, and what would unblock it. Plain data: can be kept as JSON. */
export interface Block {
  /** `namespace/name`. */
  readonly pod: string;
  /** The node it is on. */
  readonly node: string;
  /** null: no controller brings it back. */
  readonly owner: Owner | null;
  readonly cause: {
    readonly kind: CauseKind;
    /** One line, to stand after the pod's name. */
    readonly text: string;
    /** The same without what changes by itself. */
    readonly short: string;
  };
  /** The budgets asked, in the order of their names. */
  readonly budgets: readonly BudgetNumbers[];
  /** Its other pods that are healthy, by node; the most first. */
  readonly healthy: readonly { readonly node: string; readonly pods: number }[];
  /** The worst first; at most {@link MOST_UNHEALTHY}. */
  readonly unhealthy: readonly Unhealthy[];
  /** Unhealthy ones beyond those listed. */
  readonly moreUnhealthy: number;
  /** Nodes that take no pods now, where a pod has no place; at most {@link MOST_AWAY}. */
  readonly away: readonly AwayNode[];
  /** The most useful first. */
  readonly unblocks: readonly Advice[];
  /** What could not be read, and so is missing here. */
  readonly unread: readonly string[];
}

/** Most unhealthy pods listed one by one; the rest is counted. */
export const MOST_UNHEALTHY = 20;
/** Most nodes named that take no pods. */
export const MOST_AWAY = 10;
/** Characters of a `text`, which may quote an API at length. */
export const MOST_TEXT = 600;
/** Characters of a `short`, which is kept with the node and told in a line. */
export const MOST_SHORT = 240;
