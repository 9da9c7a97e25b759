import type { NodeLeft } from '../../../shared/domain/events.ts';
import type { NodeView } from '../../../shared/domain/facts.ts';
import { failureOf } from '../../../shared/domain/failure.ts';
import type { HostStanding, StepContext } from '../../../shared/ports/step.ts';
import { markOfUs } from './cordon.ts';
import { leftAs } from './left-as.ts';
import { releaseNode } from './release.ts';
import { ADOPTED_STANDING } from './standing.ts';

type Context = StepContext<unknown>;

/** A host that does not answer must not keep the abort waiting. */
const HOST_MS = 10_000;

/** A node that a person skips is left as it is, marked; one that carries nothing of ours is not held on to. Rejects as the cluster's calls do. */
export async function leaveSkipped(context: Context, standing: HostStanding): Promise<NodeLeft> {
  const { cluster, node, fence, signal } = context;
  const state = `${standing.said}; ${await leftAs(context)}`;
  const seen = cluster && node.kubernetes ? await cluster.getNode(node.name, signal) : null;
  if (seen && markOfUs(seen, fence) !== null) return { well: false, state, todo: todoOf(context, standing.todo) };
  if (standing.kind === 'foreign') return { well: true, state, todo: '' };
  if (standing.kind === 'open') return { well: false, state, todo: todoOf(context, standing.todo) };
  return freed(context, state, standing);
}

/**
 * A node whose rollout is aborted is given back where that is safe: nothing on its host is half done or may run, it was not
 * rebooted without being verified, it is Ready. The rest is left as it is. Only our own cordon is taken away. Twice is as
 * good as once. Rejects as the cluster's calls do.
 */
export async function leaveAborted(context: Context, standing: HostStanding): Promise<NodeLeft> {
  const { cluster, node, policy, fence, signal } = context;
  if (!cluster || !node.kubernetes) return leaveHost(context, standing);
  const seen = await cluster.getNode(node.name, signal);
  const isOurs = seen !== null && markOfUs(seen, fence) !== null;
  // Marked before we took its host: of an earlier life of the rollout.
  const now = standing.kind === 'foreign' && isOurs ? ADOPTED_STANDING : standing;
  const obstacle = await obstacleTo(context, now, seen, isOurs);
  if (obstacle !== null) {
    const state = [now.said, obstacle.why, await leftAs(context)].filter(text => text !== '').join('; ');
    return { well: false, state, todo: todoOf(context, obstacle.todo) };
  }
  const labels = now.kind === 'proven' ? policy.cordon.labelsAfter : {};
  const { uncordoned, finalState } = await releaseNode(cluster, fence, signal, labels);
  const state = `${now.said}; ${uncordoned ? 'uncordoned again: ' : ''}${finalState}`;
  if (now.kind === 'foreign') return { well: true, state: `${now.said}; ${finalState}`, todo: '' };
  return freed(context, state, now);
}

/** Why the node is not given back; null: it can be. */
async function obstacleTo(
  context: Context,
  standing: HostStanding,
  seen: NodeView | null,
  isOurs: boolean,
): Promise<{ readonly why: string; readonly todo: string } | null> {
  if (standing.kind === 'open') return { why: '', todo: standing.todo };
  // What we did not cordon, or gave back before, is not for us to judge.
  if (!seen || !isOurs) return null;
  if (standing.kind !== 'proven' && context.policy.onInterrupted === 'hold') {
    return { why: 'kept, as policy onInterrupted says', todo: '' };
  }
  if (!seen.ready) return { why: '', todo: 'See why it is not Ready' };
  return standing.kind === 'upgraded' ? unsoundHost(context) : null;
}

/** What was changed must be seen to be whole: no package transaction runs, and nobody rebooted the host meanwhile. */
async function unsoundHost(context: Context): Promise<{ readonly why: string; readonly todo: string } | null> {
  const { host, proofs } = context;
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(HOST_MS)]);
  try {
    const { packageTransaction, bootId } = await host.facts(signal);
    if (packageTransaction !== null) {
      return { why: `packages are changed on it now: ${packageTransaction}`, todo: 'Wait until that has ended' };
    }
    if (proofs.drain && bootId !== proofs.drain.bootId) {
      return { why: 'somebody rebooted the host meanwhile', todo: 'See that it is well' };
    }
    return null;
  } catch (error) {
    context.signal.throwIfAborted();
    return { why: `its host cannot be looked at (${failureOf(error).message})`, todo: 'See that its host is well' };
  }
}

/** A host without a Node: there is only our hold on it to be given back. */
async function leaveHost(context: Context, standing: HostStanding): Promise<NodeLeft> {
  const state = `${standing.said}; ${await leftAs(context)}`;
  if (standing.kind === 'foreign') return { well: true, state, todo: '' };
  if (standing.kind === 'open') return { well: false, state, todo: todoOf(context, standing.todo) };
  return freed(context, state, standing);
}

async function freed(context: Context, state: string, { todo }: HostStanding): Promise<NodeLeft> {
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(HOST_MS)]);
  try {
    await context.host.disown(context.fence, signal);
    return { well: true, state, todo };
  } catch (error) {
    context.signal.throwIfAborted();
    const held = `${state}; the host is still held by us (${failureOf(error).message})`;
    const free = 'Free the host by hand: rm /var/lib/nodetide/owner';
    return { well: false, state: held, todo: todo === '' ? free : `${todo}. ${free}` };
  }
}

function todoOf({ cluster, node }: Context, todo: string): string {
  const name = `${node.cluster}/${node.name}`;
  const free =
    cluster && node.kubernetes ? `nodetide release ${name}` : `free its host by hand: rm /var/lib/nodetide/owner`;
  return todo === ''
    ? `Give it back: ${free}`
    : `${todo}; then ${cluster && node.kubernetes ? 'give it back: ' : ''}${free}`;
}
