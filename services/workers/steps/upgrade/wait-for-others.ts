import { fail } from '../../../../shared/domain/failures/catalogue.ts';
import type { HostFacts } from '../../../../shared/ports/host.ts';
import type { StepContext, StepOutcome } from '../../../../shared/ports/step.ts';

/** Between two looks at whether the others are done. */
const LOOK_AGAIN_MS = 5_000;

/**
 * Comes back later while somebody else changes packages on the host, for as long as the policy's `lockWait` says, counted
 * from the start of the attempt; null: nobody does. Throws StepError `packages-locked` when that time is over.
 */
export function waitForOthers(
  { policy, clock, attemptStartedAtMs }: Pick<StepContext<unknown>, 'policy' | 'clock' | 'attemptStartedAtMs'>,
  { hostname, packageTransaction }: HostFacts,
): Extract<StepOutcome<'upgrade'>, { kind: 'again' }> | null {
  if (packageTransaction === null) return null;
  const leftMs = attemptStartedAtMs + policy.upgrade.lockWaitMs - clock.now();
  if (leftMs > 0)
    return {
      kind: 'again',
      afterMs: Math.min(LOOK_AGAIN_MS, leftMs),
      reason: `others change packages: ${packageTransaction}`,
    };
  throw fail('packages-locked', {
    message: `somebody else changes the packages of ${hostname}`,
    seen: `${packageTransaction}, for longer than ${policy.upgrade.lockWaitMs / 1000} s`,
  });
}
