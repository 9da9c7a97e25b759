import { restoreChange } from '../../../shared/domain/cordon.ts';
import { type NodeView, workMarkOf } from '../../../shared/domain/facts.ts';
import type { CordonPolicy } from '../../../shared/domain/policy.ts';
import type { ClusterApi, NodeChange } from '../../../shared/ports/cluster.ts';
import type { Fence } from '../../../shared/ports/host.ts';
import { markOfUs, ourMark } from './cordon.ts';

/** How a node was given back. */
export interface Release {
  /** Whether this call took our cordon away. */
  readonly uncordoned: boolean;
  /** `schedulable`, `cordoned by others`, `marked by others`, `Node is gone`. */
  readonly finalState: string;
}

/**
 * Takes away what {@link cordonNode} wrote, and only that: a cordon that is not ours stays, and so does one on a node
 * that does not carry our mark any more. `after`: labels of a node that was upgraded. StepError `superseded` when a
 * later epoch has the node.
 */
export async function releaseNode(
  cluster: ClusterApi,
  fence: Fence,
  signal: AbortSignal,
  after: CordonPolicy['labelsAfter'] = {},
): Promise<Release> {
  if (!(await cluster.getNode(fence.node, signal))) return { uncordoned: false, finalState: 'Node is gone' };
  let tried = false;
  const node = await cluster.updateNode(
    fence.node,
    seen => {
      const change = releaseChange(seen, fence, after);
      // Asked again after a conflict or a lost answer: what was tried once may have been done.
      tried ||= change?.unschedulable === false || change?.removeTaint !== undefined;
      return change;
    },
    signal,
  );
  const finalState = stateOf(node, fence);
  return { uncordoned: tried && finalState === 'schedulable', finalState };
}

/** What giving a node back changes; null: nothing of ours is on it. */
export function releaseChange(
  node: NodeView,
  fence: Fence,
  after: CordonPolicy['labelsAfter'] = {},
): NodeChange | null {
  if (isMarkedByOthers(node, fence)) return null;
  const mark = ourMark(node, fence);
  return mark === null ? null : restoreChange(node, mark, after);
}

function isMarkedByOthers(node: NodeView, fence: Fence): boolean {
  return workMarkOf(node.annotations) !== null && markOfUs(node, fence) === null;
}

function stateOf(node: NodeView, fence: Fence): string {
  if (isMarkedByOthers(node, fence)) return 'marked by others';
  return node.unschedulable ? 'cordoned by others' : 'schedulable';
}
