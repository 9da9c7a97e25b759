import type { NodeState, RolloutEvent } from '../events.ts';
import { freshNode } from '../fold.ts';
import { foldNodeEvent } from '../fold-node.ts';
import type { RebootProof, UpgradeProof } from '../proof.ts';
import type { RolloutSummary } from './summary.ts';

/** What a rollout did to a node. */
export interface NodePast {
  readonly rollout: string;
  readonly fleet: string;
  readonly state: RolloutSummary['state'];
  /** How the node stands in it. */
  readonly outcome: NodeState;
  /** Why, where it is not done; empty otherwise. */
  readonly reason: string;
  /** 0: it was never taken. */
  readonly rounds: number;
  /** When it was taken the last time, and when that ended; null: not yet, or never. */
  readonly claimedAtMs: number | null;
  readonly endedAtMs: number | null;
  /** Packages that are another version since; null: not known. */
  readonly packages: number | null;
  readonly rebooted: boolean;
}

/** What a rollout did to a node, by the node's events in order. */
export function nodePast(
  { id, fleet, state }: Pick<RolloutSummary, 'id' | 'fleet' | 'state'>,
  { cluster, node }: { readonly cluster: string; readonly node: string },
  events: readonly RolloutEvent[],
): NodePast {
  const draft = freshNode({ cluster, name: node, sequence: null, controlPlane: false }, 0);
  for (const event of events) foldNodeEvent(draft, event);
  const { upgrade, reboot } = draft.steps;
  return {
    rollout: id,
    fleet,
    state,
    outcome: draft.state,
    reason: draft.reason,
    rounds: draft.round,
    claimedAtMs: draft.claimedAtMs,
    endedAtMs: draft.endedAtMs,
    packages: (upgrade.proof as Partial<UpgradeProof> | null)?.changes?.length ?? null,
    rebooted: (reboot.proof as Partial<RebootProof> | null)?.rebooted === true,
  };
}
