import { failureOf } from '../../../shared/domain/failure.ts';
import type { StepContext } from '../../../shared/ports/step.ts';
import { leftAs } from './left-as.ts';
import { releaseNode } from './release.ts';
import { wasUpgraded } from './upgraded.ts';

const ADOPTED = 'the node carried our mark already: what was done on the host before is not known';

/** What is known of the node, and kept of it. */
interface Giving {
  readonly owned?: boolean;
  readonly adopted?: boolean;
  readonly afterwards?: unknown;
}

/**
 * Gives a node back on which nothing was changed yet, as policy `onInterrupted` wants it: takes our cordon away and
 * frees the host (if it was ever `owned` by us); not an
 * `adopted` one. What the step keeps is `afterwards` then: a further attempt has to take all of it anew. Returns the state
 * it is in then. Never throws: what could not be undone is said.
 */
export async function giveBackUntouched(
  context: StepContext<unknown>,
  { owned = true, adopted = false, afterwards = null }: Giving = {},
): Promise<string> {
  const { cluster, host, node, policy, fence, signal } = context;
  const started = wasUpgraded(context.proofs) || context.proofs.reboot !== undefined;
  if (adopted || context.proofs.drain?.adopted) return `${ADOPTED}; ${await leftAs(context)}`;
  if (started || policy.onInterrupted === 'hold') return leftAs(context);
  const said: string[] = [];
  let isBack = true;
  if (cluster && node.kubernetes) {
    try {
      const { uncordoned, finalState } = await releaseNode(cluster, fence, signal);
      said.push(uncordoned ? `uncordoned again: ${finalState}` : finalState);
    } catch (error) {
      isBack = false;
      said.push(`could not be given back (${failureOf(error).message}); ${await leftAs(context)}`);
    }
  }
  if (!owned) return [...said, 'the host was not touched'].join('; ');
  try {
    await host.disown(fence, signal);
    said.push('nothing on the host was changed');
    // One who was superseded meanwhile hears of it from what it tells next.
    if (isBack) await context.remember(afterwards).catch(() => undefined);
  } catch (error) {
    said.push(`nothing on the host was changed, but it is still held by us (${failureOf(error).message})`);
  }
  return said.join('; ');
}
