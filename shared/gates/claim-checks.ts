import { type NodeView, workMarkOf } from '../domain/facts.ts';
import type { PlanCluster, PlanNode } from '../domain/plan.ts';
import type { NodePolicy } from '../domain/policy.ts';
import { toolMarkOf } from '../domain/tool-marks.ts';
import { isControlPlane } from './unavailable.ts';

/** What a look at a pending node says about claiming it now. */
export type ClaimCheck =
  | { readonly kind: 'claim'; readonly adopt: boolean }
  /** It needs nothing, or must not be touched: settled with the reason. */
  | { readonly kind: 'settle'; readonly state: 'skipped' | 'excluded'; readonly reason: string }
  /** Not now; `reason` says what must change. */
  | { readonly kind: 'hold'; readonly reason: string };

/** Who asks. */
export interface Claimant {
  readonly installation: string;
  readonly rollout: string;
}

/**
 * The frozen plan against the cluster as it is now, for one pending node. `view` undefined: the Node is gone. Nodes
 * outside Kubernetes have nothing to compare.
 */
export function checkClaim(
  node: PlanNode,
  policy: NodePolicy,
  labels: PlanCluster['labels'],
  view: NodeView | undefined,
  us: Claimant,
): ClaimCheck {
  if (!node.kubernetes) return { kind: 'claim', adopt: false };
  if (!view) return { kind: 'settle', state: 'excluded', reason: 'the Node is gone from the cluster' };
  const mark = workMarkOf(view.annotations);
  if (mark === 'unreadable') return { kind: 'hold', reason: 'the mark nodetide.io/work on the Node cannot be read' };
  if (mark && (mark.installation !== us.installation || mark.rollout !== us.rollout)) {
    return {
      kind: 'hold',
      reason: `rollout ${mark.rollout} of installation ${mark.installation} has its mark on the Node`,
    };
  }
  if (mark) return { kind: 'claim', adopt: true };
  const tool = toolMarkOf(view);
  if (tool?.kind === 'going') return { kind: 'settle', state: 'skipped', reason: tool.reason };
  if (tool) return { kind: 'hold', reason: tool.reason };
  const change = changeSincePlan(node, labels, view);
  if (change) return { kind: 'hold', reason: change };
  if (!view.ready) return { kind: 'hold', reason: `not Ready before anything was done: ${view.notReadyReason}` };
  if (view.unschedulable && policy.cordonedByOthers === 'skip') {
    return { kind: 'settle', state: 'skipped', reason: 'cordoned by somebody else' };
  }
  return { kind: 'claim', adopt: false };
}

/** What differs from the plan in a way a person must look at; null: nothing. */
function changeSincePlan(node: PlanNode, labels: PlanCluster['labels'], view: NodeView): string | null {
  if (node.kubernetes && view.uid !== node.kubernetes.uid) {
    return 'another Node has this name now (its UID changed since the plan was made)';
  }
  const sequence = labels.sequence === null ? undefined : view.labels[labels.sequence];
  const planned = node.sequence === null ? 'none' : String(node.sequence);
  if (sequence !== undefined && sequence !== planned) {
    return `its sequence is now ${sequence}, the plan has ${planned}`;
  }
  if (isControlPlane(view) && !node.controlPlane) {
    return 'it has become a control-plane node since the plan was made';
  }
  return null;
}
