import { type NodeState, SETTLED_STATES } from './events.ts';
import type { WorkMark } from './facts.ts';

/** What is known of the rollout whose mark a Node carries. */
export interface MarkFacts {
  readonly mark: WorkMark;
  /** null: no Redis that was asked knows the rollout. `node`: null, it has no such node. */
  readonly rollout: { readonly state: string; readonly node: NodeState | null } | null;
  /** Until when Leases say that its installation is alive, ms since the epoch; null: none does. */
  readonly heldUntilMs: number | null;
}

/**
 * Whether somebody still works on a marked Node. `live`: a rollout does; `held`: only a Lease says so, which a dead
 * installation leaves behind until it expires; `left`: nobody does.
 */
export interface MarkVerdict {
  readonly kind: 'live' | 'held' | 'left';
  readonly reason: string;
}

/** Whose a mark is. What a Redis knows counts more than any Lease. */
export function judgeMark({ mark, rollout, heldUntilMs }: MarkFacts): MarkVerdict {
  const name = `rollout ${mark.rollout}`;
  if (rollout) {
    const { state, node } = rollout;
    if (state === 'done' || state === 'aborted') return { kind: 'left', reason: `${name} has ended (${state})` };
    // Its plan is frozen, so it has the node: under another name of the cluster.
    if (node === null) return { kind: 'live', reason: `${name} is ${state}, and knows the cluster by another name` };
    if (SETTLED_STATES.includes(node)) return { kind: 'left', reason: `${name} is through with the node (${node})` };
    return { kind: 'live', reason: `${name} is ${state}, the node is ${node} there` };
  }
  const whose = `${name} of installation ${mark.installation}, which no Redis asked here knows`;
  if (heldUntilMs === null) return { kind: 'left', reason: `${whose}; no Lease says that it is alive` };
  const until = new Date(heldUntilMs).toISOString();
  return { kind: 'held', reason: `${whose}; its Lease says until ${until} that it is alive` };
}

/** What a mark says is taken away with it, for people. */
export function whatIsOurs(mark: WorkMark): string[] {
  const labels = Object.keys(mark.labels ?? {});
  return [
    'the mark',
    ...(mark.cordons === false ? [] : [mark.cordonedBefore ? 'not the cordon, which was there before' : 'the cordon']),
    ...(mark.taint && !mark.taintedBefore ? [`the taint ${mark.taint.key}:${mark.taint.effect}`] : []),
    ...(labels.length === 0 ? [] : [`the labels ${labels.join(', ')}`]),
  ];
}
