import fc from 'fast-check';
import type { DrainPolicy } from '../../../shared/domain/policy.ts';

/** Who owns the pods of a group. */
export type OwnerKind =
  | 'ReplicaSet'
  | 'Deployment'
  | 'StatefulSet'
  | 'DaemonSet'
  | 'Job'
  | 'ReplicationController'
  /** A kind only its operator knows. */
  | 'custom'
  | 'none'
  /** An owner that is not the controller. */
  | 'not-controlling'
  /** The DaemonSet was deleted and its pods were left. */
  | 'DaemonSet-gone'
  /** A DaemonSet of another API group; there is one of the same name in apps, or there is none. */
  | 'DaemonSet-foreign'
  | 'DaemonSet-foreign-gone';

/** Pods of one owner that are alike. */
export interface PodGroup {
  readonly owner: OwnerKind;
  readonly count: number;
  readonly phase: 'Running' | 'Pending' | 'Succeeded' | 'Failed' | 'Unknown';
  /** Counts for Running pods. */
  readonly ready: boolean;
  readonly volume: 'none' | 'emptyDir' | 'emptyDir-memory' | 'claim';
  readonly mirror: boolean;
  /** Seconds since the deletionTimestamp (negative: still within its grace); such a pod does not go by itself. */
  readonly deletedAgo: number | null;
  readonly tolerates: 'nothing' | 'cordon' | 'all';
  /** Whether it carries the label that pod selectors ask for. */
  readonly labelled: boolean;
  readonly namespace: 'ops' | 'shop';
}

/** A disruption budget over one group. */
export interface Budget {
  /** Index of the group, modulo their number. */
  readonly group: number;
  readonly shape: 'allowing' | 'one' | 'min-one' | 'exhausted' | 'never' | 'late';
  readonly unhealthy: 'AlwaysAllow' | 'IfHealthyBudget' | null;
}

/** Options both drains are given. */
export type DrainOptions = Pick<
  DrainPolicy,
  | 'force'
  | 'ignoreDaemonSets'
  | 'deleteEmptyDirData'
  | 'gracePeriodSeconds'
  | 'disableEviction'
  | 'skipWaitForDeleteTimeoutSeconds'
  | 'podSelector'
>;

/** A node with pods on it, and how it is drained. */
export interface DrainCase {
  readonly groups: readonly PodGroup[];
  readonly budgets: readonly Budget[];
  readonly options: DrainOptions;
  /** A second node where replacements find room. */
  readonly spare: boolean;
  /** Namespace `shop` is being deleted. */
  readonly terminating: boolean;
}

const COMMON = ['ReplicaSet', 'Deployment', 'StatefulSet'] as const;
const OTHERS = ['DaemonSet', 'Job', 'ReplicationController', 'custom', 'none', 'not-controlling'] as const;
const STRANGE = ['DaemonSet-gone', 'DaemonSet-foreign', 'DaemonSet-foreign-gone'] as const;

/** One of the values, each as often as its weight says. */
function weighted<T>(...choices: readonly (readonly [weight: number, value: T])[]): fc.Arbitrary<T> {
  return fc.oneof(...choices.map(([weight, value]) => ({ weight, arbitrary: fc.constant(value) })));
}

const group: fc.Arbitrary<PodGroup> = fc.record({
  owner: fc.oneof<fc.WeightedArbitrary<OwnerKind>[]>(
    { weight: 5, arbitrary: fc.constantFrom(...COMMON) },
    { weight: 5, arbitrary: fc.constantFrom(...OTHERS) },
    { weight: 2, arbitrary: fc.constantFrom(...STRANGE) },
  ),
  count: fc.constantFrom(1, 1, 2),
  phase: weighted<PodGroup['phase']>([10, 'Running'], [2, 'Pending'], [2, 'Succeeded'], [2, 'Failed'], [1, 'Unknown']),
  ready: weighted([5, true], [1, false]),
  volume: weighted<PodGroup['volume']>([6, 'none'], [2, 'emptyDir'], [1, 'emptyDir-memory'], [2, 'claim']),
  mirror: weighted([12, false], [1, true]),
  deletedAgo: weighted<number | null>([28, null], [1, -60], [1, 5], [3, 100]),
  tolerates: weighted<PodGroup['tolerates']>([5, 'nothing'], [1, 'cordon'], [1, 'all']),
  labelled: fc.boolean(),
  namespace: fc.constantFrom('ops', 'shop'),
});

const budget: fc.Arbitrary<Budget> = fc.record({
  group: fc.nat(3),
  shape: weighted<Budget['shape']>(
    [8, 'allowing'],
    [3, 'one'],
    [1, 'min-one'],
    [1, 'exhausted'],
    [1, 'never'],
    [1, 'late'],
  ),
  unhealthy: fc.constantFrom(null, null, 'AlwaysAllow', 'IfHealthyBudget'),
});

/** Mostly permissive: a drain that is refused says little about evictions. */
const options: fc.Arbitrary<DrainOptions> = fc.record({
  force: weighted([3, true], [1, false]),
  ignoreDaemonSets: weighted([3, true], [1, false]),
  deleteEmptyDirData: weighted([2, true], [1, false]),
  gracePeriodSeconds: weighted([6, -1], [1, 0], [1, 1], [1, 30]),
  disableEviction: weighted([6, false], [1, true]),
  skipWaitForDeleteTimeoutSeconds: weighted([1, 0], [1, 30]),
  podSelector: weighted([8, ''], [1, 'drain=yes'], [1, 'drain!=yes'], [1, 'drain in (yes),group']),
});

/** Any case, up to six pods. */
export const drainCase: fc.Arbitrary<DrainCase> = fc.record({
  groups: fc.array(group, { minLength: 1, maxLength: 4 }).map(narrowed),
  budgets: fc.array(budget, { maxLength: 2 }),
  options,
  spare: fc.boolean(),
  terminating: weighted([30, false], [1, true]),
});

/** A DaemonSet has one pod on a node; only a pod of the Running phase says whether it is Ready. */
function narrowed(groups: readonly PodGroup[]): PodGroup[] {
  return groups.map(each => ({
    ...each,
    count: each.owner.startsWith('DaemonSet') ? 1 : each.count,
    ready: each.ready && each.phase === 'Running',
  }));
}

/** The case with one of its parts left out, each part in turn: for finding the smallest that still differs. */
export function* smaller(whole: DrainCase): Generator<DrainCase> {
  for (let at = 0; at < whole.budgets.length; at++) yield { ...whole, budgets: whole.budgets.toSpliced(at, 1) };
  if (whole.groups.length === 1) return;
  for (let at = 0; at < whole.groups.length; at++) {
    const kept = whole.budgets.filter(each => each.group % whole.groups.length !== at);
    const budgets = kept.map(each => {
      const group = each.group % whole.groups.length;
      return { ...each, group: group > at ? group - 1 : group };
    });
    yield { ...whole, groups: whole.groups.toSpliced(at, 1), budgets };
  }
}
