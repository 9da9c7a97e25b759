import { StepError } from '../../../../shared/domain/failure.ts';
import { fail } from '../../../../shared/domain/failures/catalogue.ts';
import type { HostFacts } from '../../../../shared/ports/host.ts';
import type { StepContext } from '../../../../shared/ports/step.ts';
import { deadlineOf } from '../../common/deadline.ts';
import { confirmDrained } from '../../common/drain/confirm.ts';
import { ensureDrained } from '../../common/ensure-drained.ts';
import { bootedAtMs } from './boot-time.ts';
import { afterRefusal, type Later, waitForTransaction } from './busy.ts';
import { NO_ORDER, type OrderMemory, type RebootMemory } from './memory.ts';

type Context = StepContext<RebootMemory>;

const TOO_OLD_MS = 1_000;
const CLOSED_MS = 5_000;
/** The first look after an order; the host waits a second before it obeys. */
const FIRST_LOOK_MS = 250;

/** After these the order may have arrived all the same. */
const MAYBE_ARRIVED = new Set(['host-connection-lost', 'host-timeout']);

/** What the host does when it is rebooted from outside: it checks and records the order, and no more. */
const ONLY_CHECK = ':';

/**
 * Checks everything once more and gives the order. It is recorded before it is sent; struck out again only when the
 * host surely did not take it. Throws StepError `reboot-not-safe`, `host-busy`, and what host and cluster throw.
 */
export async function order(context: Context, memory: RebootMemory): Promise<Later> {
  const drained = await holdDrained(context, memory);
  if (drained.kind === 'again') return drained;
  const { host, policy, clock, signal } = context;
  const facts = await host.facts(signal);
  if (facts.bootId !== drained.bootId) return { kind: 'again', afterMs: 0, reason: 'the host was rebooted just now' };
  if (facts.packageTransaction !== null) return waitForTransaction(context, facts.packageTransaction);
  if (isClosed(context)) return { kind: 'again', afterMs: CLOSED_MS, reason: 'the window has closed' };
  const shut = await context.shutGates('reboot', 'order');
  if (shut.length > 0) return { kind: 'again', afterMs: CLOSED_MS, reason: shut.join('; ') };
  if (drained.atMs !== null && clock.now() - drained.atMs > policy.reboot.confirmMaxAgeMs) return tooOld(context);
  await context.guard();
  const given = orderFor(context, facts);
  const kept: RebootMemory = { ...drained.memory, order: given, downSinceMs: null };
  await context.remember(kept);
  context.announce('Rebooting', `rollout ${context.fence.rollout} reboots the host, boot id ${given.bootId}`);
  return send(context, kept, given);
}

/** By the host's clock the order ends with the window at the latest. */
function orderFor({ clock, policy, closesAtMs }: Context, facts: HostFacts): OrderMemory {
  const closesInMs = (closesAtMs() ?? Number.POSITIVE_INFINITY) - clock.now();
  return {
    bootId: facts.bootId,
    atMs: clock.now(),
    bootedAtMs: bootedAtMs(facts, clock.now()),
    notAfterMs: facts.nowMs + Math.min(policy.reboot.orderValidMs, closesInMs),
    taken: false,
    shutdown: null,
    control: null,
  };
}

function isClosed({ clock, closesAtMs }: Context): boolean {
  const atMs = closesAtMs();
  return atMs !== null && atMs <= clock.now();
}

/** Host or API are so slow that what was confirmed is old when the order could go. */
function tooOld(context: Context): Later {
  const { node, policy, clock } = context;
  const reason = 'cordon and drain were confirmed too long ago: looking again';
  if (clock.now() < deadlineOf(context, 'reboot')) return { kind: 'again', afterMs: TOO_OLD_MS, reason };
  throw fail('reboot-not-safe', {
    message: `cordon and drain of ${node.name} were never confirmed recently enough`,
    seen: `host and API take longer to answer than confirmMaxAge, ${policy.reboot.confirmMaxAgeMs / 1000} s`,
    todo: 'Look at the load of host and API server, or raise confirmMaxAge of the reboot policy; then retry the node.',
  });
}

async function send(context: Context, kept: RebootMemory, given: OrderMemory): Promise<Later> {
  const { reboot } = context.policy;
  const isFromOutside = reboot.controlCommand !== '';
  const ordered = {
    kind: 'again',
    afterMs: isFromOutside ? 0 : FIRST_LOOK_MS,
    reason: 'the reboot was ordered',
  } as const;
  const refused = await tell(context, given, isFromOutside ? ONLY_CHECK : reboot.command);
  if (refused === 'unknown') return ordered;
  if (refused === null) {
    await context.remember({ ...kept, order: { ...given, taken: true } });
    return ordered;
  }
  if (!context.signal.aborted) await context.remember({ ...kept, order: null });
  return afterRefusal(context, refused);
}

/**
 * Gives the host an order with this command (empty: `systemctl reboot`). null: it took it; `unknown`: the answer was
 * lost; else why it surely did not. Throws what is no StepError: an abort, after which the order counts as out.
 */
export async function tell(
  context: Context,
  given: OrderMemory,
  command: string,
): Promise<StepError | 'unknown' | null> {
  const { host, fence, signal } = context;
  const { bootId: expectBootId, notAfterMs } = given;
  try {
    await host.reboot({ fence, expectBootId, notAfterMs, command }, signal);
    return null;
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    return MAYBE_ARRIVED.has(error.failure.code) ? 'unknown' : error;
  }
}

/** The order is struck out: it surely did nothing. What was seen stays, so that nobody thinks nothing was tried. */
export async function strikeOut(context: Context, memory: RebootMemory): Promise<RebootMemory> {
  context.log('the reboot order did nothing: everything is checked again before another one\n');
  const did = { what: 'the order did nothing', sinceMs: context.clock.now() };
  const { toldNotSafe, drain, sights } = memory;
  const kept = { ...NO_ORDER, toldNotSafe, drain, sights: [...sights.slice(-10), did] };
  await context.remember(kept);
  return kept;
}

/** Drained: confirmed now. What no longer holds is drained anew only if nothing was drained before, or a person was told. */
async function holdDrained(context: Context, memory: RebootMemory) {
  const { bootId } = await context.host.facts(context.signal);
  const { cluster, node, fence, policy, clock, signal } = context;
  if (!cluster || !node.kubernetes) return { kind: 'held', atMs: null, bootId, memory } as const;
  const { drain, 'check-reboot': checked } = context.proofs;
  const wasTold = memory.toldNotSafe || checked?.givenBack === true;
  const mayDrain = drain?.drained !== true || memory.drain !== null || wasTold;
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
