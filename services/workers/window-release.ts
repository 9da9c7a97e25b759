import type { NodeLeft } from '../../shared/domain/events.ts';
import type { Step, StepContext } from '../../shared/ports/step.ts';
import { leaveAborted } from './common/leave.ts';
import type { Obstacle } from './node-hold.ts';

/** A window that opens again so soon is waited for: to drain the node anew would cost its pods more. */
const SOON_MS = 10 * 60_000;

/** Whether a node that waits at this step is to be given back until the next window: it sits empty for nothing. */
export function isToGiveBack(step: Step, context: StepContext<unknown>, obstacle: Obstacle): boolean {
  const { node, policy, proofs, clock } = context;
  if (obstacle.opensAtMs === null || obstacle.opensAtMs - clock.now() < SOON_MS) return false;
  if (policy.onInterrupted !== 'release' || !node.kubernetes || proofs.drain?.cordonedByUs !== true) return false;
  return step.standing?.(context).kind === 'untouched';
}

/** Gives it back, if it can be: null when it stays as it is. Twice is as good as once. Rejects as the cluster's calls do. */
export async function giveBackForWindow(step: Step, context: StepContext<unknown>): Promise<NodeLeft | null> {
  const standing = step.standing?.(context);
  const left = standing ? await leaveAborted(context, standing) : null;
  return left?.well ? left : null;
}
