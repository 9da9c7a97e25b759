import { failureOf } from '../../../../shared/domain/failure.ts';
import { fail } from '../../../../shared/domain/failures/catalogue.ts';
import type { HostFacts } from '../../../../shared/ports/host.ts';
import type { StepContext } from '../../../../shared/ports/step.ts';
import { deadlineOf } from '../../common/deadline.ts';
import type { Later } from './busy.ts';
import { isOfEarlierAttempt, type OrderMemory, type RebootMemory, type Sight } from './memory.ts';
import { limitPassed, tooLate } from './too-late.ts';

type Context = StepContext<RebootMemory>;

/** One look at a host that was told to reboot. */
export type Look =
  | { readonly kind: 'back'; readonly facts: HostFacts }
  /** The order surely did nothing, and its time is over: another may be given. */
  | { readonly kind: 'void' }
  /** It still runs under the old boot id, or gives no answer. */
  | { readonly kind: 'not-yet'; readonly facts: HostFacts | null; readonly memory: RebootMemory };

/**
 * A host that boots refuses logins for a while (pam_nologin), and knows neither users nor their groups and sudo rules
 * before its directory services are up.
 */
const PASSING = new Set([
  'host-auth-refused',
  'host-no-shell',
  'sudo-asks-password',
  'sudo-not-allowed',
  'sudo-refused',
]);
const POLL_FIRST_MS = 250;
const POLL_LAST_MS = 5_000;
const MOST_SIGHTS = 20;
const LEAST_LOOK_MS = 250;
/** A visit that comes only after the deadline may still look once. */
const LATE_LOOK_MS = 5_000;

/**
 * Looks whether the host is back under a new boot id, and keeps what is new. Throws at once what no waiting mends (such
 * as another host key).
 */
export async function look(context: Context, memory: RebootMemory, order: OrderMemory): Promise<Look> {
  let facts: HostFacts;
  try {
    facts = await factsInTime(context, memory, order);
  } catch (error) {
    const failure = failureOf(error);
    if (context.signal.aborted) throw error;
    if (!failure.retryable && !PASSING.has(failure.code)) throw error;
    return { kind: 'not-yet', facts: null, memory: await keep(context, memory, `no answer: ${failure.code}`) };
  }
  if (facts.bootId !== order.bootId) return { kind: 'back', facts };
  if (isVoid(context, order, facts)) return { kind: 'void' };
  return { kind: 'not-yet', facts, memory: await keep(context, memory, 'still up under the old boot id') };
}

/** Only what surely did nothing is void: nobody obeys an order after its time. */
function isVoid(context: Context, order: OrderMemory, facts: HostFacts): boolean {
  const isOver = facts.nowMs > order.notAfterMs;
  if (context.policy.reboot.controlCommand === '')
    return isOver && (!order.taken || isOfEarlierAttempt(order, context));
  // Until something was done from outside, the order was no more than a check on the host.
  if (order.control === null && order.shutdown === null) return isOver || !order.taken;
  const isUnheard = order.control === null && order.shutdown?.taken === false;
  return isOver && (isUnheard || isOfEarlierAttempt(order, context));
}

/** Goes on waiting, or throws StepError `reboot-did-nothing` or `host-did-not-return` when a limit has passed. */
export async function wait(context: Context, memory: RebootMemory, order: OrderMemory): Promise<Later> {
  const nowMs = context.clock.now();
  const limit = limitPassed(context, memory, order, nowMs);
  if (limit !== null) throw await tooLate(context, memory, order, limit);
  const elapsedMs = nowMs - (memory.sights.at(-1)?.sinceMs ?? order.atMs);
  const afterMs = Math.min(POLL_LAST_MS, Math.max(POLL_FIRST_MS, elapsedMs / 10));
  // Without the code of the failure: a host that goes down or boots changes it at every look.
  const what = memory.downSinceMs === null ? 'still up under the old boot id' : 'no answer';
  return { kind: 'again', afterMs: Math.round(afterMs), reason: `${what}: waiting for the host to come back` };
}

/** Orders that do nothing are not given for ever: StepError `reboot-did-nothing` when the step's time is over. */
export async function stopIfLate(context: Context, memory: RebootMemory, order: OrderMemory): Promise<void> {
  if (context.clock.now() < deadlineOf(context, 'reboot')) return;
  throw await tooLate(context, memory, order, 'steps.reboot.timeout');
}

/** A silent host must not outlast a limit: then the step would not have its say about what was seen. */
async function factsInTime(context: Context, memory: RebootMemory, order: OrderMemory): Promise<HostFacts> {
  const { clock, host, signal, policy } = context;
  const { downTimeoutMs, upTimeoutMs } = policy.reboot;
  const downMs = memory.downSinceMs === null ? order.atMs + downTimeoutMs : memory.downSinceMs + upTimeoutMs;
  const leftMs = Math.min(deadlineOf(context, 'reboot'), Math.max(downMs, clock.now() + LATE_LOOK_MS)) - clock.now();
  const late = new AbortController();
  const answered = new AbortController();
  const end = (): void => late.abort(fail('host-timeout', { message: `${host.name} gave no answer in time` }));
  clock.sleep(leftMs > 0 ? Math.max(leftMs, LEAST_LOOK_MS) : LATE_LOOK_MS, answered.signal).then(end, () => {});
  try {
    return await host.facts(AbortSignal.any([signal, late.signal]));
  } finally {
    answered.abort();
  }
}

/** A host that answers is not down; one that gives no answer is so since the first time in a row. */
async function keep(context: Context, memory: RebootMemory, what: string): Promise<RebootMemory> {
  const nowMs = context.clock.now();
  if (memory.sights.at(-1)?.what === what) return memory;
  const isDown = what.startsWith('no answer');
  const downSinceMs = isDown ? (memory.downSinceMs ?? nowMs) : null;
  const kept = { ...memory, downSinceMs, sights: withSight(memory.sights, { what, sinceMs: nowMs }) };
  await context.remember(kept);
  return kept;
}

/** The first sights tell how it went down, the last ones how it stands: what is between may go. */
function withSight(sights: RebootMemory['sights'], sight: Sight): RebootMemory['sights'] {
  return sights.length < MOST_SIGHTS ? [...sights, sight] : [...sights.slice(0, 5), ...sights.slice(6), sight];
}
