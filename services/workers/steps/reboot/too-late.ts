import type { StepError } from '../../../../shared/domain/failure.ts';
import { fail } from '../../../../shared/domain/failures/catalogue.ts';
import type { StepContext } from '../../../../shared/ports/step.ts';
import { deadlineOf } from '../../common/deadline.ts';
import { isOfEarlierAttempt, type OrderMemory, type RebootMemory } from './memory.ts';

type Context = StepContext<RebootMemory>;

/** A limit that has passed. */
export type Limit = 'downTimeout' | 'upTimeout' | 'steps.reboot.timeout';

/**
 * Which limit has passed while the host is waited for; null: none. A person who retries gives all of them anew. An order
 * whose answer was lost has no limit of its own: it is found void soon enough.
 */
export function limitPassed(context: Context, memory: RebootMemory, order: OrderMemory, nowMs: number): Limit | null {
  const { downTimeoutMs, upTimeoutMs } = context.policy.reboot;
  const since = (ms: number): number => nowMs - Math.max(ms, context.attemptStartedAtMs);
  if (memory.downSinceMs !== null && since(memory.downSinceMs) >= upTimeoutMs) return 'upTimeout';
  const isUp = memory.downSinceMs === null;
  // One of an earlier attempt is void as soon as its time is over, and given again.
  if (isUp && order.taken && !isOfEarlierAttempt(order, context) && since(actedAtMs(context, order)) >= downTimeoutMs) {
    return 'downTimeout';
  }
  return nowMs >= deadlineOf(context, 'reboot') ? 'steps.reboot.timeout' : null;
}

/** When the last thing was done that should take the host down. */
function actedAtMs(context: Context, { atMs, shutdown, control }: OrderMemory): number {
  // A command whose end was not seen may have taken its whole time.
  if (control) return control.endedAtMs ?? control.startedAtMs + context.policy.reboot.controlTimeoutMs;
  return shutdown?.atMs ?? atMs;
}

/** The failure when a limit has passed, with what was seen and since when. */
export async function tooLate(
  context: Context,
  memory: RebootMemory,
  order: OrderMemory,
  limit: Limit,
): Promise<StepError> {
  const { name } = context.node;
  const said = memory.sights.map(({ what, sinceMs }) => `${at(sinceMs)} ${what}`);
  const seen = [
    `${limit} has passed; ordered ${at(order.atMs)} under boot id ${order.bootId}`,
    ...doneFromOutside(order),
    ...said,
  ];
  if (memory.downSinceMs !== null) {
    const message = `${name} went down for its reboot and did not return`;
    return fail('host-did-not-return', { message, seen: seen.join('; '), ...adviceFor(context, order) });
  }
  const jobs = await shutdownJobs(context);
  const message = `${name} was told to reboot and did not`;
  return fail('reboot-did-nothing', { message, seen: `${seen.join('; ')}${jobs}` });
}

function at(ms: number): string {
  return new Date(ms).toISOString();
}

function doneFromOutside({ shutdown, control }: OrderMemory): string[] {
  const said = shutdown === null ? [] : [`${at(shutdown.atMs)} told to shut down`];
  if (!control) return said;
  const end = control.endedAtMs === null ? 'its end was not seen' : `it ended ${at(control.endedAtMs)}`;
  return [...said, `${at(control.startedAtMs)} controlCommand was started, ${end}`];
}

/** A host that was shut down for a command that perhaps never ran stays off: the command is never run twice. */
function adviceFor({ policy }: Context, { shutdown, control }: OrderMemory): { todo?: string } {
  if (policy.reboot.controlCommand === '' || shutdown === null || control?.endedAtMs) return {};
  return {
    todo: 'The host was shut down, and it is not known whether controlCommand turned it on: turn it on, then retry the node.',
  };
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
