import { failureOf, StepError } from '../../shared/domain/failure.ts';
import type { Hook } from '../../shared/domain/hooks/hook.ts';
import { lastLine, outputTail } from '../../shared/domain/hooks/output.ts';
import { clip } from '../../shared/domain/text.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Control } from '../../shared/ports/control.ts';

/** How one run of a hook ended. */
export interface HookRun {
  readonly ok: boolean;
  /** Why it failed, in one line; empty: it did not. */
  readonly reason: string;
  /** The end of what it said. */
  readonly output: string;
  readonly tookMs: number;
}

const MOST_REASON = 300;

/** Runs a hook once on this machine. Rejects with the signal's reason only. */
export async function runOnControl(
  control: Control,
  clock: Pick<Clock, 'now'>,
  hook: Hook,
  env: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<HookRun> {
  return hookRun(clock, signal, () => control.run({ text: hook.run, env, timeoutMs: hook.timeoutMs }, signal));
}

/** What became of `run`: an exit code, or a StepError. Rejects when the signal is aborted, and with what is no StepError. */
export async function hookRun(
  clock: Pick<Clock, 'now'>,
  signal: AbortSignal,
  run: () => Promise<{ readonly exitCode: number; readonly output: string }>,
): Promise<HookRun> {
  const startedAtMs = clock.now();
  const ended = (ok: boolean, reason: string, output: string): HookRun => {
    return { ok, reason: clip(reason, MOST_REASON), output: outputTail(output), tookMs: clock.now() - startedAtMs };
  };
  try {
    const { exitCode, output } = await run();
    if (exitCode === 0) return ended(true, '', output);
    const said = lastLine(output);
    return ended(false, `exit code ${exitCode}${said === '' ? '' : `: ${said}`}`, output);
  } catch (error) {
    if (signal.aborted || !(error instanceof StepError)) throw error;
    const { code, message, seen = '' } = failureOf(error);
    return ended(false, code === 'hook-timeout' ? message : `${code}: ${message}`, seen);
  }
}
