import { type LabelChange, type NodeView, type PodView, WORK_ANNOTATION, type WorkMark } from './facts.ts';
import { isSameTaint, type NodeChange } from './node-change.ts';
import type { Taint, Toleration } from './placement.ts';
import type { CordonPolicy } from './policy.ts';

/** Who marks a Node, and in which round and epoch. */
export type Marker = Pick<WorkMark, 'installation' | 'rollout' | 'round' | 'epoch'>;

/**
 * What keeps pods off a node in our name, the mark that says how to undo it included: one change, so that there is never
 * one without the other. `old`: our mark as it is there. null: everything stands already.
 */
export function markChange(
  node: NodeView,
  old: WorkMark | null,
  marker: Marker,
  policy: CordonPolicy,
): NodeChange | null {
  const { installation, rollout, round, epoch } = marker;
  // Whoever had cordoned it before has taken that back when it is schedulable now.
  const cordonedBefore = node.unschedulable && (old === null || old.cordonedBefore || old.cordons === false);
  const there = policy.taint ? taintLike(node, policy.taint) : undefined;
  const taintedBefore = there !== undefined && (old === null || old.taintedBefore === true || !old.taint);
  // One of this name but another value stays as it is: pods are kept off by it all the same.
  const taint = taintedBefore ? there : policy.taint;
  const labels = old === null ? labelChanges(node, policy) : old.labels;
  const mark: WorkMark = {
    ...{ installation, rollout, round, epoch, cordonedBefore },
    ...(policy.unschedulable ? {} : { cordons: false }),
    ...(taint ? { taint } : {}),
    ...(taintedBefore ? { taintedBefore } : {}),
    ...(labels === undefined ? {} : { labels }),
  };
  const annotation = JSON.stringify(mark);
  const addTaint = there ? null : policy.taint;
  const mustCordon = policy.unschedulable && !node.unschedulable;
  if (!mustCordon && !addTaint && node.annotations[WORK_ANNOTATION] === annotation) return null;
  return {
    annotations: { [WORK_ANNOTATION]: annotation },
    ...(policy.unschedulable ? { unschedulable: true } : {}),
    ...(addTaint ? { addTaint } : {}),
    // Only with the first mark: later they are left to whoever changes them.
    ...(old === null && labels ? { labels: valuesOf(labels, change => change.during) } : {}),
  };
}

function labelChanges(node: NodeView, { labelsDuring }: CordonPolicy): WorkMark['labels'] {
  const changes: Record<string, LabelChange> = {};
  for (const [key, during] of Object.entries(labelsDuring)) {
    const before = node.labels[key] ?? null;
    if (before !== during) changes[key] = { before, during };
  }
  return Object.keys(changes).length === 0 ? undefined : changes;
}

/**
 * Takes away what the mark says is ours, and the mark: a cordon, taint or label that somebody else had set before, or has
 * set since, stays. `after`: labels the node shall have from now on.
 */
export function restoreChange(node: NodeView, mark: WorkMark, after: CordonPolicy['labelsAfter'] = {}): NodeChange {
  const isOurCordon = mark.cordons !== false && !mark.cordonedBefore;
  const untouched = Object.entries(mark.labels ?? {}).filter(
    ([key, { during }]) => (node.labels[key] ?? null) === during,
  );
  const labels = { ...valuesOf(Object.fromEntries(untouched), change => change.before), ...after };
  return {
    annotations: { [WORK_ANNOTATION]: null },
    ...(isOurCordon && node.unschedulable ? { unschedulable: false } : {}),
    ...(mark.taint && !mark.taintedBefore ? { removeTaint: mark.taint } : {}),
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
  };
}

/** Whether everything the mark says still keeps pods off the node. */
export function isKeptOff(node: NodeView, mark: WorkMark): boolean {
  if (mark.cordons !== false && !node.unschedulable) return false;
  return mark.taint === undefined || taintLike(node, mark.taint) !== undefined;
}

/** Whether a pod may be put on the node all the same: it tolerates everything that the mark says keeps pods off. */
export function mayComeBack(pod: PodView, mark: WorkMark): boolean {
  if (mark.cordons !== false && !pod.toleratesCordon) return false;
  // The scheduler only prefers to keep off what `PreferNoSchedule` asks for.
  const { taint } = mark;
  return taint?.effect !== 'NoSchedule' || toleratesTaint(pod.placement.tolerations, taint);
}

function taintLike(node: NodeView, taint: Taint): Taint | undefined {
  return node.room.taints.find(each => isSameTaint(each, taint));
}

/** As the scheduler has it. */
function toleratesTaint(tolerations: readonly Toleration[], taint: Taint): boolean {
  return tolerations.some(({ key, operator, value, effect }) => {
    if (effect !== '' && effect !== taint.effect) return false;
    if (key === '') return operator === 'Exists';
    return key === taint.key && (operator === 'Exists' || value === taint.value);
  });
}

function valuesOf(
  changes: Readonly<Record<string, LabelChange>>,
  pick: (change: LabelChange) => string | null,
): Record<string, string | null> {
  return Object.fromEntries(Object.entries(changes).map(([key, change]) => [key, pick(change)]));
}
