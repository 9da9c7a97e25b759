import { failureOf, StepError } from '../../../../shared/domain/failure.ts';
import { fail } from '../../../../shared/domain/failures/catalogue.ts';
import type { ControlResult } from '../../../../shared/ports/control.ts';
import type { HostFacts } from '../../../../shared/ports/host.ts';
import type { StepContext } from '../../../../shared/ports/step.ts';
import { controlEnv } from '../../common/control-env.ts';
import { afterRefusal, type Later, waitForTransaction } from './busy.ts';
import type { OrderMemory, RebootMemory } from './memory.ts';
import { strikeOut, tell } from './order.ts';

type Context = StepContext<RebootMemory>;

const SYNC_LIMIT_MS = 60_000;
const LOOK_MS = 250;
/** A connection that was lost once does not mean that the host is down. */
const SURELY_DOWN_MS = 5_000;

/**
 * The next thing to do about a host that is rebooted by a command on the control side: shut it down (if the policy says
 * so), then run the command, once; null: nothing more, it is only waited for. Each is recorded before it is done. Throws
 * StepError `reboot-command-failed`, `reboot-command-timeout`, and what host and control side throw.
 */
export async function actFromOutside(
  context: Context,
  memory: RebootMemory,
  order: OrderMemory,
  facts: HostFacts | null,
): Promise<Later | null> {
  const { shutdownFirst, controlCommand } = context.policy.reboot;
  if (controlCommand === '' || order.control !== null) return null;
  if (order.shutdown !== null) {
    const downMs = memory.downSinceMs === null ? 0 : context.clock.now() - memory.downSinceMs;
    return downMs >= SURELY_DOWN_MS ? runCommand(context, memory, order) : null;
  }
  // Before anything was done, a silent host is only waited for: nobody knows what runs on it.
  if (facts === null) return null;
  if (facts.packageTransaction !== null) {
    await strikeOut(context, memory);
    return waitForTransaction(context, facts.packageTransaction);
  }
  if (shutdownFirst) return shutDown(context, memory, order);
  await flush(context);
  await context.guard();
  return runCommand(context, memory, order);
}

async function shutDown(context: Context, memory: RebootMemory, order: OrderMemory): Promise<Later> {
  await context.guard();
  const shutdown = { atMs: context.clock.now(), taken: false };
  const kept = { ...memory, order: { ...order, shutdown } };
  await context.remember(kept);
  const refused = await tell(context, order, 'systemctl poweroff');
  if (refused === null) {
    await context.remember({ ...kept, order: { ...kept.order, shutdown: { ...shutdown, taken: true } } });
  }
  if (!(refused instanceof StepError))
    return { kind: 'again', afterMs: LOOK_MS, reason: 'the host was told to shut down' };
  if (!context.signal.aborted) await strikeOut(context, kept);
  return afterRefusal(context, refused);
}

/** What was written last must survive a machine that is cut off. A disk that hangs is a reason to go on, not to stop. */
async function flush(context: Context): Promise<void> {
  const { clock, host, signal } = context;
  const late = new AbortController();
  const done = new AbortController();
  clock.sleep(SYNC_LIMIT_MS, done.signal).then(
    () => late.abort(),
    () => {},
  );
  try {
    await host.run({ text: 'sync', args: [] }, AbortSignal.any([signal, late.signal]));
  } catch (error) {
    signal.throwIfAborted();
    if (!late.signal.aborted) throw error;
    context.log(`sync did not end within ${SYNC_LIMIT_MS / 1000} s\n`);
  } finally {
    done.abort();
  }
}

async function runCommand(context: Context, memory: RebootMemory, order: OrderMemory): Promise<Later> {
  const { clock, policy, control, signal } = context;
  const { controlCommand: text, controlTimeoutMs: timeoutMs } = policy.reboot;
  const startedAtMs = clock.now();
  const env = { ...controlEnv(context, 'reboot'), NODETIDE_BOOT_ID: order.bootId };
  const keep = (change: OrderMemory['control']) =>
    context.remember({ ...memory, order: { ...order, control: change } });
  await keep({ startedAtMs, endedAtMs: null });
  let result: ControlResult;
  try {
    result = await control.run({ text, env, timeoutMs }, signal);
  } catch (error) {
    throw await notRun(context, error, keep, startedAtMs);
  }
  await keep({ startedAtMs, endedAtMs: clock.now() });
  if (result.output.trim() !== '') context.log(`controlCommand: ${result.output.trim()}\n`);
  if (result.exitCode === 0) return { kind: 'again', afterMs: LOOK_MS, reason: 'controlCommand was run' };
  throw fail('reboot-command-failed', {
    message: `the command that should reboot ${context.node.name} ended with exit code ${result.exitCode}`,
    seen: result.output.trim().slice(-2000),
  });
}

/** What to throw, after keeping what is known: no shell means that surely nothing was run; an abort tells nothing. */
async function notRun(
  context: Context,
  error: unknown,
  keep: (control: OrderMemory['control']) => Promise<void>,
  startedAtMs: number,
): Promise<unknown> {
  const failure = failureOf(error);
  if (context.signal.aborted) return error;
  if (failure.code === 'control-command-not-run') await keep(null);
  if (failure.code !== 'control-command-timeout') return error;
  await keep({ startedAtMs, endedAtMs: context.clock.now() });
  return fail('reboot-command-timeout', {
    message: `the command that should reboot ${context.node.name} did not end in time: ${failure.message}`,
    ...(failure.seen === undefined ? {} : { seen: failure.seen }),
    cause: error,
  });
}
