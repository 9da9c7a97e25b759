import { FAILURES, type FailureCode } from '../domain/failures/catalogue.ts';
import type { LeftPackage, PackageChange } from '../domain/proof.ts';
import type { PackageManager, Pending } from '../ports/packages.ts';

/** What a script of ours ends with when it judged by itself (it refused to begin, or a package is not set up): its `problem` lines say why. */
export const VERDICT = 201;

const REASONS: readonly string[] = [
  'protected',
  'excluded',
  'held',
  'kept-back',
  'not-proven',
] satisfies LeftPackage['reason'][];

/** Reads the lines in which all scripts of package managers say what they see; other lines are theirs alone. */
export function parsePending(stdout: string): Pending {
  const changes = new Map<string, PackageChange>();
  const left: LeftPackage[] = [];
  const problems: Pending['problems'][number][] = [];
  for (const line of stdout.split('\n')) {
    const [kind, ...words] = line.split('\t');
    const [first = '', second = '', third = '', fourth = ''] = words;
    if (kind === 'change' && words.length === 3)
      changes.set(first, { name: first, before: orNull(second), after: orNull(third) });
    else if (kind === 'left' && REASONS.includes(first))
      left.push({ name: second, before: third, available: fourth, reason: first as LeftPackage['reason'] });
    else if (kind === 'problem' && Object.hasOwn(FAILURES, first)) problems.push({ code: first, message: second });
  }
  left.sort((a, b) => (a.name < b.name ? -1 : 1));
  return { changes: [...changes.values()], left, problems };
}

function orNull(version: string): string | null {
  return version === '-' ? null : version;
}

/** The failure a script found by itself; null: the package manager failed. */
export function explainVerdict(exitCode: number, logTail: string): ReturnType<PackageManager['explain']> | null {
  const [problem] = exitCode === VERDICT ? parsePending(logTail).problems : [];
  if (!problem) return null;
  const { retryable, todo } = FAILURES[problem.code as FailureCode];
  return { ...problem, retryable, todo };
}
