import { type Json, type Kube, listAt, textAt } from '../api/object.ts';

/** The taint of a cordoned node. */
export const UNSCHEDULABLE = 'node.kubernetes.io/unschedulable';

/** A copy of a node without taints of this key. */
export function withoutTaint(node: Kube, key: string): Kube {
  const taints = listAt(node, 'spec', 'taints').filter(taint => taint['key'] !== key);
  const { taints: _old, ...spec } = node.spec ?? {};
  return { ...node, spec: taints.length === 0 ? spec : { ...spec, taints } };
}

/** A copy of a node with a taint added. */
export function withTaint(node: Kube, taint: Json): Kube {
  return { ...node, spec: { ...node.spec, taints: [...listAt(node, 'spec', 'taints'), taint] } };
}

/** Whether a node carries a taint of this key. */
export function hasTaint(node: Kube, key: string): boolean {
  return listAt(node, 'spec', 'taints').some(taint => taint['key'] === key);
}

/** Whether a pod may be placed in spite of a node's taints. */
export function tolerates(pod: Kube, taints: readonly Json[]): boolean {
  const tolerations = listAt(pod, 'spec', 'tolerations');
  return taints.every(taint => taint['effect'] === 'PreferNoSchedule' || tolerations.some(t => covers(t, taint)));
}

function covers(toleration: Json, taint: Json): boolean {
  const { key, effect, operator } = toleration;
  if (effect !== undefined && effect !== '' && effect !== taint['effect']) return false;
  if (key === undefined || key === '') return operator === 'Exists';
  if (key !== taint['key']) return false;
  return operator === 'Exists' || textAt(toleration, 'value') === textAt(taint, 'value');
}
