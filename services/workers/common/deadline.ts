import type { StepName } from '../../../shared/domain/steps.ts';
import type { StepContext } from '../../../shared/ports/step.ts';

/** Kept free before the step's deadline, so that a step can still ask the world and say what is missing. */
const MARGIN_MS = 2_000;

/** When a step must have its say, ms since the epoch: a little before its signal is aborted for being late. */
export function deadlineOf(
  context: Pick<StepContext<unknown>, 'policy' | 'attemptStartedAtMs'>,
  step: StepName,
): number {
  const { timeoutMs } = context.policy.limits[step];
  return context.attemptStartedAtMs + timeoutMs - Math.min(MARGIN_MS, timeoutMs / 20);
}
