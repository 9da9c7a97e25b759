import { failureOf } from '../../../../shared/domain/failure.ts';
import { fail } from '../../../../shared/domain/failures/catalogue.ts';
import type { HostFacts } from '../../../../shared/ports/host.ts';
import type { StepContext } from '../../../../shared/ports/step.ts';
import { deadlineOf } from '../../common/deadline.ts';
import type { OrderMemory, RebootMemory, Sight } from './memory.ts';

type Context = StepContext<RebootMemory>;

/** One look at a host that was told to reboot. */
export type Look =
  | { readonly kind: 'back'; readonly facts: HostFacts }
  /** The order surely did nothing, and its time is over: another may be given. */
  | { readonly kind: 'void' }
  | { readonly kind: 'again'; readonly afterMs: number; readonly reason: string };

/** A host that boots refuses logins for a while (pam_nologin, directory services not up yet). */
const PASSING = new Set(['host-auth-refused', 'sudo-refused', 'sudo-asks-password', 'sudo-not-allowed']);
const POLL_FIRST_MS = 250;
const POLL_LAST_MS = 5_000;
const MOST_SIGHTS = 20;
const LEAST_LOOK_MS = 250;
/** A visit that comes only after the deadline may still look once. */
const LATE_LOOK_MS = 5_000;

/**
 * Looks whether the host is back under a new boot id. Throws StepError `reboot-did-nothing` or `host-did-not-return` when
 * the step's time is over, and at once what no waiting mends (such as another host key).
 */
export async function look(context: Context, memory: RebootMemory, order: OrderMemory): Promise<Look> {
  let facts: HostFacts;
  try {
    facts = await factsInTime(context);
  } catch (error) {
    const failure = failureOf(error);
    if (context.signal.aborted) throw error;
    if (!failure.retryable && !PASSING.has(failure.code)) throw error;
    return notYet(context, memory, order, `no answer: ${failure.code}`);
  }
  if (facts.bootId !== order.bootId) return { kind: 'back', facts };
  const fromEarlierAttempt = order.atMs < context.attemptStartedAtMs;
  if (facts.nowMs > order.notAfterMs && (!order.taken || fromEarlierAttempt)) return { kind: 'void' };
  return notYet(context, memory, order, 'still up under the old boot id');
}

/** A silent host must not outlast the step: then the step would not have its say about what was seen. */
async function factsInTime(context: Context): Promise<HostFacts> {
  const { clock, host, signal } = context;
  const leftMs = deadlineOf(context, 'reboot') - clock.now();
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

async function notYet(context: Context, memory: RebootMemory, order: OrderMemory, what: string): Promise<Look> {
  const nowMs = context.clock.now();
  const isNew = memory.sights.at(-1)?.what !== what;
  const sights = isNew ? withSight(memory.sights, { what, sinceMs: nowMs }) : memory.sights;
  if (isNew) await context.remember({ ...memory, sights });
  const elapsedMs = nowMs - order.atMs;
  if (nowMs >= deadlineOf(context, 'reboot')) throw await tooLate(context, sights, order, what);
  const afterMs = Math.min(POLL_LAST_MS, Math.max(POLL_FIRST_MS, elapsedMs / 10));
  // Without the code of the failure: a host that goes down or boots changes it at every look.
  const reason = `${what.replace(/: .*/, '')}: waiting for the host to come back`;
  return { kind: 'again', afterMs: Math.round(afterMs), reason };
}

/** The first sights tell how it went down, the last ones how it stands: what is between may go. */
function withSight(sights: RebootMemory['sights'], sight: Sight): RebootMemory['sights'] {
  return sights.length < MOST_SIGHTS ? [...sights, sight] : [...sights.slice(0, 5), ...sights.slice(6), sight];
}

async function tooLate(context: Context, sights: RebootMemory['sights'], order: OrderMemory, what: string) {
  const said = sights.map(sight => `${new Date(sight.sinceMs).toISOString()} ${sight.what}`).join('; ');
  const seen = `ordered ${new Date(order.atMs).toISOString()} under boot id ${order.bootId}; ${said}`;
  const name = context.node.name;
  if (what.startsWith('no answer')) {
    return fail('host-did-not-return', { message: `${name} went down for its reboot and did not return`, seen });
  }
  const jobs = await shutdownJobs(context);
  return fail('reboot-did-nothing', { message: `${name} was told to reboot and did not`, seen: `${seen}${jobs}` });
}

/** What the order printed, and what the shutdown is waiting for; never fails. */
async function shutdownJobs(context: Context): Promise<string> {
  const text = `
tail -n 5 "$NODETIDE_ROOT/var/lib/nodetide/reboot/log" 2>/dev/null
systemctl list-jobs --no-legend --no-pager 2>/dev/null | head -n 10
`;
  try {
    const { stdout } = await context.host.run({ text, args: [] }, context.signal);
    return stdout.trim() === '' ? '' : `; on the host: ${stdout.trim()}`;
  } catch {
    return '';
  }
}
