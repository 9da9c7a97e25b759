import type { PodView } from '../facts.ts';
import type { Owner } from './block.ts';

/** The label by which a Deployment tells the pods of its ReplicaSets apart. */
const HASH_LABEL = 'pod-template-hash';

/**
 * The workload a pod belongs to; null: none. The Deployment behind a ReplicaSet is told by the pod's template hash,
 * with which the ReplicaSet's name ends: no further object is read.
 */
export function ownerOf(pod: Pick<PodView, 'controller' | 'labels'>): Owner | null {
  const { controller, labels } = pod;
  if (!controller) return null;
  const { kind, name } = controller;
  const hash = Object.hasOwn(labels, HASH_LABEL) ? labels[HASH_LABEL] : '';
  if (kind === 'ReplicaSet' && hash && name.endsWith(`-${hash}`) && name.length > hash.length + 1) {
    return { kind: 'Deployment', name: name.slice(0, -hash.length - 1) };
  }
  return { kind, name };
}
