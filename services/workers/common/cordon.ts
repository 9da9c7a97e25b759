import { type NodeView, WORK_ANNOTATION, type WorkMark, workMarkOf } from '../../../shared/domain/facts.ts';
import { failureOf } from '../../../shared/domain/failure.ts';
import { fail } from '../../../shared/domain/failures/catalogue.ts';
import type { ClusterApi, NodeChange } from '../../../shared/ports/cluster.ts';
import type { Fence } from '../../../shared/ports/host.ts';

/**
 * Cordons a node and puts our mark on it, in one write. Twice is as good as once. Returns whether somebody else had
 * cordoned it before. StepErrors `node-not-ours`, `node-replaced`, `superseded`, `node-missing`.
 */
export async function cordonNode(
  cluster: ClusterApi,
  fence: Fence,
  uid: string,
  signal: AbortSignal,
): Promise<{ cordonedBefore: boolean }> {
  const node = await cluster.updateNode(fence.node, seen => cordonChange(seen, fence, uid), signal);
  // The answer is the Node as it is now: an uncordoned node is never drained.
  if (!isCordonedByUs(node, fence)) {
    throw fail('drain-cordon-lost', { message: `${node.name} is not cordoned right after its cordon was written` });
  }
  return { cordonedBefore: ourMark(node, fence)?.cordonedBefore ?? false };
}

/** What the cordon changes; null: it stands already. Throws as {@link cordonNode}. */
export function cordonChange(node: NodeView, fence: Fence, uid: string): NodeChange | null {
  checkUid(node, uid);
  const old = ourMark(node, fence);
  // Whoever had cordoned it before has taken that back when it is schedulable now.
  const cordonedBefore = node.unschedulable && (old === null || old.cordonedBefore);
  const { installation, rollout, round, epoch } = fence;
  const mark: WorkMark = { installation, rollout, round, epoch, cordonedBefore };
  const annotation = JSON.stringify(mark);
  if (node.unschedulable && node.annotations[WORK_ANNOTATION] === annotation) return null;
  return { unschedulable: true, annotations: { [WORK_ANNOTATION]: annotation } };
}

/**
 * The Node as it is now; null: there is none. If it is cordoned under our mark, the mark carries our epoch from then on:
 * an earlier worker that wakes late cannot take the cordon away any more. StepError `superseded` for a later epoch's mark.
 */
export async function takeOverCordon(cluster: ClusterApi, fence: Fence, signal: AbortSignal): Promise<NodeView | null> {
  try {
    return await cluster.updateNode(fence.node, seen => takeOverChange(seen, fence), signal);
  } catch (error) {
    if (failureOf(error).code === 'node-missing') return null;
    throw error;
  }
}

function takeOverChange(node: NodeView, fence: Fence): NodeChange | null {
  const mark = isCordonedByUs(node, fence) ? ourMark(node, fence) : null;
  if (mark === null || mark.epoch === fence.epoch) return null;
  const ours: WorkMark = { ...mark, round: fence.round, epoch: fence.epoch };
  return { annotations: { [WORK_ANNOTATION]: JSON.stringify(ours) } };
}

/** Whether the node is cordoned and carries our rollout's mark. */
export function isCordonedByUs(node: NodeView, fence: Fence): boolean {
  const mark = workMarkOf(node.annotations);
  if (mark === null || mark === 'unreadable') return false;
  return node.unschedulable && mark.installation === fence.installation && mark.rollout === fence.rollout;
}

/**
 * Our rollout's mark on the node; null: no mark at all. StepErrors `node-not-ours` for a mark of somebody else,
 * `superseded` for one of a later epoch.
 */
export function ourMark(node: NodeView, fence: Fence): WorkMark | null {
  const mark = workMarkOf(node.annotations);
  if (mark === null) return null;
  const seen = `${WORK_ANNOTATION}: ${node.annotations[WORK_ANNOTATION] ?? ''}`;
  if (mark === 'unreadable' || mark.installation !== fence.installation || mark.rollout !== fence.rollout) {
    const owner = mark === 'unreadable' ? 'a mark that cannot be read' : `the mark of rollout ${mark.rollout}`;
    throw fail('node-not-ours', { message: `${node.name} carries ${owner}`, seen, leftAs: 'untouched' });
  }
  if (mark.epoch > fence.epoch) {
    throw fail('superseded', { message: `${node.name} is in the hands of a later worker`, seen });
  }
  return mark;
}

/** StepError `node-replaced` when the Node is not the planned one. `uid` empty: not known. */
export function checkUid(node: NodeView, uid: string): void {
  if (uid === '' || node.uid === uid) return;
  throw fail('node-replaced', {
    message: `${node.name} is another Node object than the planned one`,
    seen: `uid ${node.uid}, planned ${uid}`,
    leftAs: 'untouched',
  });
}
