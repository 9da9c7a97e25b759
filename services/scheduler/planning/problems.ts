import { showProblem } from '../../../shared/config/problem.ts';
import type { Failure } from '../../../shared/domain/failure.ts';
import type { PlanProblem } from '../../../shared/domain/plan.ts';
import type { MadePlan } from '../../common/planning/make-plan.ts';

/** Why there is no plan, as a draft tells it. */
export function problemsOf(made: Exclude<MadePlan, { kind: 'planned' }>): {
  readonly problems: readonly PlanProblem[];
  readonly notes: readonly string[];
} {
  if (made.kind === 'refused') return { problems: made.problems, notes: made.notes };
  if (made.kind === 'unreachable') return { problems: unreachableProblems(made.failures), notes: [] };
  const problems = made.problems.map(problem => ({ code: problem.code, message: showProblem(problem) }));
  return { problems, notes: [] };
}

/** Clusters that could not be asked. */
export function unreachableProblems(
  failures: readonly { readonly cluster: string; readonly failure: Failure }[],
): PlanProblem[] {
  return failures.map(({ cluster, failure }) => ({ code: failure.code, cluster, message: failure.message }));
}
