import type { DrainCase, PodGroup } from './case.ts';
import type { Difference, Observation } from './compare.ts';

/** A way in which we differ from kubectl on purpose. Each stands in docs/drain.md under the same words. */
export interface DifferenceRule {
  /** A phrase of docs/drain.md. */
  readonly phrase: string;
  /** What kubectl would have to be given to do what we do; the case itself where the rule does not apply. */
  asIf?(given: DrainCase): DrainCase;
  /** Whether the rule explains this difference. */
  explains?(difference: Difference, seen: Observation): boolean;
}

/** All of them. */
export const RULES: readonly DifferenceRule[] = [
  {
    phrase: 'a `DaemonSet` of another API group',
    asIf: given => ({ ...given, groups: given.groups.map(asCustom) }),
  },
  {
    phrase: 'An eviction that can never succeed',
    explains: ({ what, ours, kubectl }, seen) =>
      what === 'left' && seen.ours.ending === 'impossible' && seen.kubectl.ending === 'impossible'
        ? isAtLeast(ours, kubectl)
        : false,
  },
  {
    phrase: 'one that came meanwhile and stands in the way',
    explains: ({ what }, { given, ours, kubectl }) =>
      what === 'ending' &&
      ours.ending === 'obstacles' &&
      kubectl.ending === 'drained' &&
      !given.options.ignoreDaemonSets &&
      given.groups.some(isFinishedDaemon),
  },
];

function asCustom(group: PodGroup): PodGroup {
  return group.owner.startsWith('DaemonSet-foreign') ? { ...group, owner: 'custom' } : group;
}

/** Its DaemonSet puts another one in its place, which is not finished. */
function isFinishedDaemon({ owner, phase }: PodGroup): boolean {
  return owner === 'DaemonSet' && (phase === 'Succeeded' || phase === 'Failed');
}

/** We may have left more pods where they are, never fewer. */
function isAtLeast(ours: unknown, kubectl: unknown): boolean {
  const [mine, theirs] = [ours as readonly number[], kubectl as readonly number[]];
  return mine.every((count, at) => count >= (theirs[at] ?? 0));
}
