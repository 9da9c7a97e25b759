import { showProblem } from '../../../shared/config/problem.ts';
import type { Failure } from '../../../shared/domain/failure.ts';
import type { PlanProblem } from '../../../shared/domain/plan.ts';
import { counted } from '../../../shared/domain/text.ts';
import type { MadePlan } from '../../common/planning/make-plan.ts';

/** Of problems with one code in one cluster, this many are named and the rest counted. */
const NAMED = 10;

/** Why there is no plan: a line for each problem, and one that sums them up. */
export function renderRefusal(made: Exclude<MadePlan, { kind: 'planned' }>): { lines: string[]; summary: string } {
  if (made.kind === 'wrong-file') {
    return {
      lines: made.problems.map(showProblem),
      summary: `${counted(made.problems.length, 'problem')} in the fleet file`,
    };
  }
  if (made.kind === 'unreachable') {
    const names = made.failures.map(each => each.cluster).join(', ');
    return { lines: made.failures.flatMap(failureLines), summary: `cannot ask ${names}` };
  }
  return {
    lines: planProblemLines(made.problems),
    summary: `nothing can be planned: ${counted(made.problems.length, 'problem')}`,
  };
}

function failureLines({ cluster, failure }: { cluster: string; failure: Failure }): string[] {
  const more = [failure.seen, failure.todo].filter(text => text !== undefined && text !== '');
  return [named(cluster, failure.message), ...more.map(text => `  ${text}`)];
}

/** What a call of the cluster says names it already. */
function named(cluster: string | undefined, message: string): string {
  return cluster === undefined || message.startsWith(`${cluster}: `) ? message : `${cluster}: ${message}`;
}

/** A line for each problem; many of a kind are counted. */
export function planProblemLines(problems: readonly PlanProblem[]): string[] {
  const seen = new Map<string, number>();
  const lines: string[] = [];
  for (const problem of problems) {
    const kind = JSON.stringify([problem.code, problem.cluster]);
    const before = seen.get(kind) ?? 0;
    seen.set(kind, before + 1);
    if (before < NAMED) lines.push(named(problem.cluster, problem.message));
  }
  for (const [kind, total] of seen) {
    const [code, cluster] = JSON.parse(kind) as [string, string | null];
    if (total > NAMED)
      lines.push(`${cluster === null ? '' : `${cluster}: `}and ${total - NAMED} more such problems (${code})`);
  }
  return lines;
}
