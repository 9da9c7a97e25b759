import type { PdbView, PodView } from './facts.ts';
import { matchesLabels } from './label-selector.ts';

/** Why a budget never lets a healthy pod go, whatever becomes ready. */
export interface Never {
  readonly kind: /** `maxUnavailable: 0` or `0%`. */
    | 'max-unavailable-zero'
    /** `minAvailable` is as many as there are, or more. */
    | 'min-available-all'
    /** Neither minAvailable nor maxUnavailable: the controller then expects no pod and allows nothing. */
    | 'nothing-set'
    /** A percentage or maxUnavailable over pods whose controller has no scale to count by. */
    | 'no-scale';
  /** In words, to stand after the budget's name: `maxUnavailable is 0`. */
  readonly reason: string;
}

/**
 * The budgets an eviction of the pod asks: those of its namespace whose selector matches its labels. More than one:
 * the eviction subresource answers 500, while the pod is one of {@link asksBudgets}.
 */
export function budgetsOf(pod: Pick<PodView, 'namespace' | 'labels'>, pdbs: readonly PdbView[]): PdbView[] {
  return pdbs.filter(({ namespace, selector }) => {
    return namespace === pod.namespace && selector !== null && matchesLabels(selector, pod.labels);
  });
}

/** Whether the eviction of the pod asks budgets at all: pods that are pending, finished or terminating go without. */
export function asksBudgets(pod: Pick<PodView, 'phase' | 'deletionMs'>): boolean {
  return !['Pending', 'Succeeded', 'Failed'].includes(pod.phase) && pod.deletionMs === null;
}

/**
 * Why the budget never allows a disruption, from its specification and `expectedPods`, as the disruption controller
 * computes it (percentages round up); null: it can. `matched`, the pods it selects now, lets `no-scale` be told from a
 * budget that merely has no pods; without it that kind is never given.
 */
export function neverAllows(pdb: PdbView, matched: readonly PodView[] = []): Never | null {
  const { maxUnavailable, minAvailable, expectedPods, observed } = pdb;
  if (pdb.selector === null) return null;
  if (maxUnavailable === null && minAvailable === null) {
    return { kind: 'nothing-set', reason: 'it sets neither minAvailable nor maxUnavailable' };
  }
  // The controller looks at maxUnavailable first, though both are never set.
  if (maxUnavailable !== null) {
    if (amountOf(maxUnavailable, 100) === 0) {
      return { kind: 'max-unavailable-zero', reason: `maxUnavailable is ${maxUnavailable}` };
    }
  } else if (minAvailable !== null) {
    const all = minAvailableIsAll(minAvailable, expectedPods, observed);
    if (all !== null) return all;
  }
  const counted = maxUnavailable ?? (minAvailable?.endsWith('%') ? minAvailable : null);
  if (counted === null || !observed || expectedPods > 0 || !matched.some(asksBudgets)) return null;
  const field = maxUnavailable === null ? 'minAvailable' : 'maxUnavailable';
  return {
    kind: 'no-scale',
    reason: `${field} ${counted} counts by the controllers of its pods, and they have no scale`,
  };
}

/** A number of an outdated specification proves nothing, except that every part of a whole is missing at 100%. */
function minAvailableIsAll(minAvailable: string, expected: number, observed: boolean): Never | null {
  const kind = 'min-available-all';
  if (minAvailable.endsWith('%') && amountOf(minAvailable, 100) >= 100) {
    return { kind, reason: `minAvailable is ${minAvailable}` };
  }
  if (!observed || expected <= 0) return null;
  const needed = amountOf(minAvailable, expected);
  if (!(needed >= expected)) return null;
  const all = expected === 1 ? 'its only pod' : `all ${expected} of its pods`;
  if (minAvailable.endsWith('%')) return { kind, reason: `minAvailable is ${minAvailable}, which rounds up to ${all}` };
  return { kind, reason: `minAvailable is ${minAvailable}, and it has ${expected} pod${expected === 1 ? '' : 's'}` };
}

/** An int-or-percent of `total`, rounded up as the controller does; what is neither counts as nothing. */
function amountOf(text: string, total: number): number {
  if (!/^\d+%?$/.test(text)) return Number.NaN;
  if (!text.endsWith('%')) return Number(text);
  return Math.ceil((Number(text.slice(0, -1)) * total) / 100);
}
