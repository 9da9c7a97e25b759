import type { StepLimits } from './policy.ts';

/**
 * The delay before the attempt after `attempt` (from 1), in ms: doubles from `backoffMs` up to `backoffMaxMs`, plus or
 * minus a quarter. `random` is in [0, 1). Never less than the other side asked for.
 */
export function backoffMs(limits: StepLimits, attempt: number, random: number, retryAfterMs = 0): number {
  const plain = Math.min(limits.backoffMaxMs, limits.backoffMs * 2 ** (attempt - 1));
  return Math.max(retryAfterMs, Math.round(plain * (0.75 + random / 2)));
}
