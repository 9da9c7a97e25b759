import type { NodeView } from './facts.ts';

/** What another tool does with a Node. */
export interface ToolMark {
  /** `going`: the Node is about to be deleted or replaced; `busy`: it is worked on, which passes. */
  readonly kind: 'going' | 'busy';
  /** `the cluster-autoscaler deletes it (taint ToBeDeletedByClusterAutoscaler)` */
  readonly reason: string;
}

/** Taints that say so, by key; `value`: only with it. Keys are those of the tools' own sources. */
const TAINTS: readonly { readonly key: string; readonly value?: string; readonly says: string }[] = [
  { key: 'ToBeDeletedByClusterAutoscaler', says: 'the cluster-autoscaler deletes it' },
  { key: 'DeletionCandidateOfClusterAutoscaler', says: 'the cluster-autoscaler is about to delete it' },
  { key: 'karpenter.sh/disrupted', says: 'Karpenter replaces it' },
  // Before Karpenter 1.0.
  { key: 'karpenter.sh/disruption', value: 'disrupting', says: 'Karpenter replaces it' },
  { key: 'node.cluster.x-k8s.io/outdated-revision', says: 'Cluster API is about to replace it' },
];

/** Set by kured with --annotate-nodes from its drain until the node is back. */
const KURED_REBOOTS = 'weave.works/kured-reboot-in-progress';

/** The mark of another tool on a Node; null: none that matters. */
export function toolMarkOf({ room, annotations }: Pick<NodeView, 'room' | 'annotations'>): ToolMark | null {
  const found = TAINTS.find(({ key, value }) =>
    room.taints.some(taint => taint.key === key && (value === undefined || taint.value === value)),
  );
  if (found) return { kind: 'going', reason: `${found.says} (taint ${found.key})` };
  if (!Object.hasOwn(annotations, KURED_REBOOTS)) return null;
  return { kind: 'busy', reason: `kured reboots it (annotation ${KURED_REBOOTS})` };
}
