import type { Taint } from './placement.ts';

/** What may be changed on a Node, all in one write. `null` removes an annotation or a label. */
export interface NodeChange {
  readonly unschedulable?: boolean;
  readonly annotations?: Readonly<Record<string, string | null>>;
  readonly labels?: Readonly<Record<string, string | null>>;
  /** Put beside the other taints, which stay as they are; nothing if there is one of this key and effect. */
  readonly addTaint?: Taint;
  /** Taken away if there is exactly this one; all others stay as they are. */
  readonly removeTaint?: Taint;
}

/** The taints of a Node after a change; null: they stay as they are. What else a taint holds is kept. */
export function taintsAfter<T extends { key: string; value?: string; effect: string }>(
  taints: readonly T[],
  change: NodeChange,
): (T | Taint)[] | null {
  const { addTaint: add, removeTaint: remove } = change;
  const isRemoved = (taint: T): boolean =>
    remove !== undefined && isSameTaint(taint, remove) && (taint.value ?? '') === remove.value;
  const kept: (T | Taint)[] = taints.filter(taint => !isRemoved(taint));
  if (add && !kept.some(taint => isSameTaint(taint, add))) kept.push(add);
  return kept.length === taints.length && kept.every((taint, at) => taint === taints[at]) ? null : kept;
}

/** Whether two taints have the same name: a Node has at most one of each key and effect. */
export function isSameTaint(a: Pick<Taint, 'key' | 'effect'>, b: Pick<Taint, 'key' | 'effect'>): boolean {
  return a.key === b.key && a.effect === b.effect;
}
