import { isKeptOff, markChange } from '../../../shared/domain/cordon.ts';
import { type NodeView, WORK_ANNOTATION, type WorkMark, workMarkOf } from '../../../shared/domain/facts.ts';
import { failureOf } from '../../../shared/domain/failure.ts';
import { fail } from '../../../shared/domain/failures/catalogue.ts';
import { type CordonPolicy, PLAIN_CORDON } from '../../../shared/domain/policy.ts';
import type { ClusterApi, NodeChange } from '../../../shared/ports/cluster.ts';
import type { Fence } from '../../../shared/ports/host.ts';

/**
 * Keeps pods off a node as the policy says and puts our mark on it, in one write. Twice is as good as once. Returns
 * whether somebody else had cordoned it before, and the mark. StepErrors `node-not-ours`, `node-replaced`, `superseded`, `node-missing`.
 */
export async function cordonNode(
  cluster: ClusterApi,
  fence: Fence,
  uid: string,
  signal: AbortSignal,
  policy: CordonPolicy = PLAIN_CORDON,
): Promise<{ cordonedBefore: boolean; mark: WorkMark }> {
  const node = await cluster.updateNode(fence.node, seen => cordonChange(seen, fence, uid, policy), signal);
  // The answer is the Node as it is now: an uncordoned node is never drained.
  const mark = ourMark(node, fence);
  if (mark === null || !isCordonedByUs(node, fence)) {
    throw fail('drain-cordon-lost', { message: `${node.name} is not cordoned right after its cordon was written` });
  }
  return { cordonedBefore: mark.cordonedBefore, mark };
}

/** What the cordon changes; null: it stands already. Throws as {@link cordonNode}. */
export function cordonChange(
  node: NodeView,
  fence: Fence,
  uid: string,
  policy: CordonPolicy = PLAIN_CORDON,
): NodeChange | null {
  checkUid(node, uid);
  return markChange(node, ourMark(node, fence), fence, policy);
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

/** Whether the node carries our rollout's mark and pods are kept off it as the mark says. */
export function isCordonedByUs(node: NodeView, fence: Fence): boolean {
  const mark = markOfUs(node, fence);
  return mark !== null && isKeptOff(node, mark);
}

/** Our rollout's mark on the node, of whatever epoch; null: none, or somebody else's. */
export function markOfUs(node: NodeView, fence: Fence): WorkMark | null {
  const mark = workMarkOf(node.annotations);
  if (mark === null || mark === 'unreadable') return null;
  return mark.installation === fence.installation && mark.rollout === fence.rollout ? mark : null;
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
