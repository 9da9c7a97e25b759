import { type Json, type Kube, listAt, textAt } from '../api/object.ts';

/** The taint of a cordoned node. */
export const UNSCHEDULABLE = 'node.kubernetes.io/unschedulable';

/** A copy of a node without taints of this key, of this effect. */
export function withoutTaint(node: Kube, key: string, effect: string): Kube {
  const isIt = (taint: Json) => taint['key'] === key && taint['effect'] === effect;
  const taints = listAt(node, 'spec', 'taints').filter(taint => !isIt(taint));
  const { taints: _old, ...spec } = node.spec ?? {};
  return { ...node, spec: taints.length === 0 ? spec : { ...spec, taints } };
}

/** A copy of a node with a taint added. */
export function withTaint(node: Kube, taint: Json): Kube {
  return { ...node, spec: { ...node.spec, taints: [...listAt(node, 'spec', 'taints'), taint] } };
}

/** Whether a node carries a taint of this key, of this effect (default: of any). */
export function hasTaint(node: Kube, key: string, effect?: string): boolean {
  const isIt = (taint: Json) => taint['key'] === key && (effect === undefined || taint['effect'] === effect);
  return listAt(node, 'spec', 'taints').some(isIt);
}

/** Whether a pod may be placed in spite of a node's taints. */
export function tolerates(pod: Kube, taints: readonly Json[]): boolean {
  const tolerations = listAt(pod, 'spec', 'tolerations');
  return taints.every(taint => taint['effect'] === 'PreferNoSchedule' || tolerations.some(t => covers(t, taint)));
}

/**
 * How many seconds a pod may stay on a node with these taints: the least any of its tolerations grants; 0 where one is
 * not tolerated, undefined for ever.
 */
export function stayOf(pod: Kube, taints: readonly Json[]): number | undefined {
  const tolerations = listAt(pod, 'spec', 'tolerations');
  const stays = taints.map(taint => {
    const fitting = tolerations.filter(toleration => covers(toleration, taint));
    if (fitting.length === 0) return 0;
    const seconds = fitting.map(toleration => toleration['tolerationSeconds']);
    return seconds.includes(undefined) ? Number.POSITIVE_INFINITY : Math.max(...seconds.map(Number), 0);
  });
  const least = Math.min(...stays);
  return Number.isFinite(least) ? least : undefined;
}

function covers(toleration: Json, taint: Json): boolean {
  const { key, effect, operator } = toleration;
  if (effect !== undefined && effect !== '' && effect !== taint['effect']) return false;
  if (key === undefined || key === '') return operator === 'Exists';
  if (key !== taint['key']) return false;
  return operator === 'Exists' || textAt(toleration, 'value') === textAt(taint, 'value');
}
