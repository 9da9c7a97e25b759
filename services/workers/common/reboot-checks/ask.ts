import { fail } from '../../../../shared/domain/failures/catalogue.ts';
import type { NodePolicy } from '../../../../shared/domain/policy.ts';
import type { CommandResult, Host, Script } from '../../../../shared/ports/host.ts';

/** Whom to ask, and how long. */
export interface CheckAsk {
  readonly host: Host;
  readonly policy: NodePolicy;
  readonly signal: AbortSignal;
}

/** Runs what one check needs, for as long as the policy gives a check. Throws StepError `check-reboot-failed` when that is over. */
export async function runCheck(
  { host, policy, signal }: CheckAsk,
  check: string,
  script: Script,
): Promise<CommandResult> {
  const { checkTimeoutMs } = policy.reboot;
  const late = AbortSignal.timeout(checkTimeoutMs);
  try {
    return await host.run(script, AbortSignal.any([signal, late]));
  } catch (error) {
    if (!late.aborted || signal.aborted) throw error;
    throw checkFailed(check, `no answer within ${checkTimeoutMs / 1000} s (policy.reboot.checkTimeout)`);
  }
}

/** The check could not run: never a "no". */
export function checkFailed(check: string, seen: string) {
  return fail('check-reboot-failed', {
    message: `it cannot be told whether a reboot is due: ${check} did not work`,
    seen,
  });
}

/** A check that the policy names, and that the host does not have or cannot answer. */
export function checkMissing(check: string, seen: string) {
  return fail('check-reboot-missing', {
    message: `policy.reboot.checks names ${check}, by which nothing can be told on this host`,
    seen,
  });
}
