import { StepError } from '../../../../shared/domain/failure.ts';
import { fail } from '../../../../shared/domain/failures/catalogue.ts';
import type { StepContext } from '../../../../shared/ports/step.ts';
import { deadlineOf } from '../../common/deadline.ts';
import { confirmDrained } from '../../common/drain/confirm.ts';
import { ensureDrained } from '../../common/ensure-drained.ts';
import type { OrderMemory, RebootMemory } from './memory.ts';

type Context = StepContext<RebootMemory>;

/** What became of the wish to give the order. */
export type Ordered =
  | { readonly kind: 'ordered' }
  | { readonly kind: 'again'; readonly afterMs: number; readonly reason: string };

const TOO_OLD_MS = 1_000;

/** After these the order may have arrived all the same. */
const MAYBE_ARRIVED = new Set(['host-connection-lost', 'host-timeout']);

/**
 * Checks everything once more and gives the order. It is recorded before it is sent; struck out again only when the
 * host surely did not take it. Throws StepError `reboot-not-safe`, and what host and cluster throw.
 */
export async function order(context: Context, memory: RebootMemory): Promise<Ordered> {
  const drained = await holdDrained(context, memory);
  if (drained.kind === 'again') return drained;
  const { host, policy, clock, signal } = context;
  const facts = await host.facts(signal);
  if (facts.bootId !== drained.bootId) return { kind: 'again', afterMs: 0, reason: 'the host was rebooted just now' };
  if (drained.atMs !== null && clock.now() - drained.atMs > policy.reboot.confirmMaxAgeMs) return tooOld(context);
  await context.guard();
  const given: OrderMemory = {
    bootId: facts.bootId,
    atMs: clock.now(),
    notAfterMs: facts.nowMs + policy.reboot.orderValidMs,
    taken: false,
  };
  const kept = { ...drained.memory, order: given };
  await context.remember(kept);
  context.announce('Rebooting', `rollout ${context.fence.rollout} reboots the host, boot id ${given.bootId}`);
  await send(context, kept, given);
  return { kind: 'ordered' };
}

/** Host or API are so slow that what was confirmed is old when the order could go. */
function tooOld(context: Context): Ordered {
  const { node, policy, clock } = context;
  const reason = 'cordon and drain were confirmed too long ago: looking again';
  if (clock.now() < deadlineOf(context, 'reboot')) return { kind: 'again', afterMs: TOO_OLD_MS, reason };
  throw fail('reboot-not-safe', {
    message: `cordon and drain of ${node.name} were never confirmed recently enough`,
    seen: `host and API take longer to answer than confirmMaxAge, ${policy.reboot.confirmMaxAgeMs / 1000} s`,
    todo: 'Look at the load of host and API server, or raise confirmMaxAge of the reboot policy; then retry the node.',
  });
}

async function send(context: Context, kept: RebootMemory, given: OrderMemory): Promise<void> {
  const { host, fence, policy, signal } = context;
  const { bootId: expectBootId, notAfterMs } = given;
  try {
    await host.reboot({ fence, expectBootId, notAfterMs, command: policy.reboot.command }, signal);
  } catch (error) {
    // An abort, or an answer that was lost: the order counts as out.
    if (!(error instanceof StepError)) throw error;
    if (MAYBE_ARRIVED.has(error.failure.code)) return;
    if (!signal.aborted) await context.remember({ ...kept, order: null });
    throw error;
  }
  await context.remember({ ...kept, order: { ...given, taken: true } });
}

/** Drained: confirmed now. What no longer holds is drained anew only if nothing was drained before, or a person was told. */
async function holdDrained(context: Context, memory: RebootMemory) {
  const { bootId } = await context.host.facts(context.signal);
  const { cluster, node, fence, policy, clock, signal } = context;
  if (!cluster || !node.kubernetes) return { kind: 'held', atMs: null, bootId, memory } as const;
  const mayDrain = context.proofs.drain?.drained !== true || memory.drain !== null || memory.toldNotSafe;
  if (!mayDrain) {
    const state = await confirmDrained({ cluster, fence, policy: policy.drain, clock, signal });
    if (state.held) return { kind: 'held', atMs: state.atMs, bootId, memory } as const;
    await context.remember({ ...memory, toldNotSafe: true });
    const seen = state.why.join('; ');
    throw fail('reboot-not-safe', { message: `${node.name} is not safe to reboot any more`, seen });
  }
  let kept = memory;
  const drained = await ensureDrained(context, 'reboot', {
    memory: memory.drain,
    remember: async (drain, told) => {
      kept = { ...kept, drain };
      await context.remember(kept, told);
    },
  });
  return drained.kind === 'again' ? drained : ({ kind: 'held', atMs: drained.atMs, bootId, memory: kept } as const);
}
