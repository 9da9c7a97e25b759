import type { NodeDue } from '../../../../shared/domain/survey/survey.ts';

/** Hosts that match what was typed, by name or kernel. */
export function matching(hosts: readonly NodeDue[], text: string): readonly NodeDue[] {
  const word = text.trim().toLowerCase();
  if (word === '') return hosts;
  return hosts.filter(({ node, runningKernel }) => `${node} ${runningKernel ?? ''}`.toLowerCase().includes(word));
}

/** The hosts that need most first: those that did not answer, then those to reboot, then by updates, else as they were. */
export function hostsByNeed(hosts: readonly NodeDue[]): readonly NodeDue[] {
  return hosts.toSorted((a, b) => needOf(b) - needOf(a));
}

const MOST_UPDATES = 1_000_000;

function needOf({ failure, rebootDue, updates }: NodeDue): number {
  if (failure !== '') return 3 * MOST_UPDATES;
  return (rebootDue === true ? MOST_UPDATES : 0) + Math.min(updates ?? 0, MOST_UPDATES - 1);
}

/** Orders by a number of each; what is not known comes last. */
export function byNumber<T>(of: (row: T) => number | null): (a: T, b: T) => number {
  const value = (row: T) => of(row) ?? Number.POSITIVE_INFINITY;
  return (a, b) => {
    const [x, y] = [value(a), value(b)];
    return x === y ? 0 : x - y;
  };
}
