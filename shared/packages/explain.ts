import { FAILURES, type FailureCode } from '../domain/failures/catalogue.ts';
import type { PackageManager } from '../ports/packages.ts';
import { explainVerdict } from './pending.ts';

/** How a script of ours begins the line in which it says that it waits: what is printed before tells no cause. */
export const WAITS = 'nodetide waits: ';

/** One cause of a failure, as it shows in a package manager's log. */
export interface Cause {
  readonly pattern: RegExp;
  /** Only with this exit code. Default: any. */
  readonly exitCode?: number;
  readonly code: FailureCode;
  readonly message: (found: RegExpExecArray, log: string) => string;
}

/**
 * The way from an exit code and a log to a failure: what the script found by itself, else the first cause that fits
 * (the later ones mostly follow from it), else `packages-upgrade-failed`.
 */
export function explainBy(name: string, causes: readonly Cause[]): PackageManager['explain'] {
  return (exitCode, logTail) => {
    const verdict = explainVerdict(exitCode, logTail);
    if (verdict) return verdict;
    const log = afterWaits(logTail);
    for (const cause of causes) {
      if (cause.exitCode !== undefined && cause.exitCode !== exitCode) continue;
      const found = cause.pattern.exec(log);
      if (found) return failure(cause.code, cause.message(found, log));
    }
    return failure('packages-upgrade-failed', `${name} ended with exit code ${exitCode}`);
  };
}

/** A lock that was waited for is not why something failed later. */
function afterWaits(log: string): string {
  const lines = log.split('\n');
  return lines.slice(lines.findLastIndex(line => line.startsWith(WAITS)) + 1).join('\n');
}

function failure(code: FailureCode, message: string): ReturnType<PackageManager['explain']> {
  const { retryable, todo } = FAILURES[code];
  return { code, message, retryable, todo };
}
