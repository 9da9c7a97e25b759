import { type DrainCase, smaller } from './case.ts';
import { type Difference, differences, type Observation, observe, timeoutOf } from './compare.ts';
import type { Kubectl } from './kubectl.ts';
import { RULES } from './rules.ts';

/** What a case showed. */
export interface Finding {
  readonly seen: Observation;
  /** What no rule explains. */
  readonly unexplained: readonly Difference[];
  /** The phrases of the rules that were needed. */
  readonly rules: readonly string[];
}

/** Observes a case; where the sides differ, by the rules of what is meant to differ. */
export async function examine(given: DrainCase, kubectl: Kubectl): Promise<Finding> {
  const first = await observe(given, kubectl);
  if (differences(first).length === 0) return { seen: first, unexplained: [], rules: [] };
  const rules: string[] = [];
  let as = given;
  for (const rule of RULES) {
    const next = rule.asIf?.(as) ?? as;
    if (JSON.stringify(next) === JSON.stringify(as)) continue;
    rules.push(rule.phrase);
    as = next;
  }
  const seen = as === given ? first : await observe(given, kubectl, as);
  const unexplained = differences(seen).filter(difference => {
    const rule = RULES.find(each => each.explains?.(difference, seen));
    if (rule) rules.push(rule.phrase);
    return rule === undefined;
  });
  return { seen, unexplained, rules };
}

/** The smallest case found, by leaving parts out, that still differs. */
export async function smallest(finding: Finding, kubectl: Kubectl): Promise<Finding> {
  for (const part of smaller(finding.seen.given)) {
    const less = await examine(part, kubectl);
    if (less.unexplained.length > 0) return smallest(less, kubectl);
  }
  return finding;
}

/** So many that differ are no bad luck. */
const MOST_DOUBTFUL = 12;

/**
 * Examines all, some at once. On a busy machine times run out: what differs is examined again at the end, alone, and
 * counts when it differs again. Ends early when too many differ.
 */
export async function examineAll(cases: readonly DrainCase[], atOnce: number, kubectl: Kubectl): Promise<Finding[]> {
  const agreed: Finding[] = [];
  const doubtful: Finding[] = [];
  // What may take longest begins first, so that no one waits for it at the end.
  const queue = cases.toSorted((a, b) => timeoutOf(b) - timeoutOf(a));
  let next = 0;
  const work = async (): Promise<void> => {
    for (let given = queue[next++]; given !== undefined; given = queue[next++]) {
      const finding = await examine(given, kubectl);
      (finding.unexplained.length === 0 ? agreed : doubtful).push(finding);
      if (doubtful.length > MOST_DOUBTFUL) next = queue.length;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  if (doubtful.length > MOST_DOUBTFUL) return [...agreed, ...doubtful];
  const again: Finding[] = [];
  for (const { seen } of doubtful) again.push(await examine(seen.given, kubectl));
  return [...agreed, ...again];
}

/** A finding for people. */
export function told({ seen, unexplained }: Finding): string {
  const { given, kubectl } = seen;
  const lines = unexplained.map(
    ({ what, ours, kubectl: theirs }) => `${what}: ours ${JSON.stringify(ours)}, kubectl ${JSON.stringify(theirs)}`,
  );
  return [JSON.stringify(given, null, 1), ...lines, kubectl.run.out, kubectl.run.err].join('\n');
}
