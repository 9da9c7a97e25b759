import { setTimeout as sleep } from 'node:timers/promises';
import { StepError } from '../domain/failure.ts';
import { fail } from '../domain/failures/catalogue.ts';
import { unlessAborted } from '../ports/abort.ts';
import { clusterFailure, statusOf } from './failures.ts';

/** How one call of the API is made. */
export interface CallSettings {
  readonly cluster: string;
  /** For people: `get node a`. */
  readonly doing: string;
  readonly signal: AbortSignal;
  /** Without an answer for this long the call fails with `cluster-unreachable`. */
  readonly timeoutMs: number;
  /** For reads: repeated twice after connection trouble, 429 and 5xx. */
  readonly repeatable: boolean;
  /**
   * Called before each attempt, and what it gives after it; what is waited there does not count for `timeoutMs`. Rejects
   * with the signal's reason when aborted.
   */
  readonly admit: (signal: AbortSignal) => Promise<() => void>;
}

const REPEATS = 2;
const REPEAT_DELAY_MS = 150;
/** A server that asks for more patience than this gets it from the step, not from the call. */
const LONGEST_REPEAT_DELAY_MS = 3_000;

/** Makes a call. Rejects with the signal's reason when aborted, else with a StepError whose cause is client-node's error. */
export async function call<T>(settings: CallSettings, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  for (let repeat = 0; ; repeat++) {
    const leave = await settings.admit(settings.signal);
    let delayMs = 0;
    try {
      // What does not wait for its turn does not look at the signal either.
      settings.signal.throwIfAborted();
      return await withDeadline(settings, run);
    } catch (error) {
      settings.signal.throwIfAborted();
      const failure = clusterFailure(settings.cluster, settings.doing, error);
      delayMs = failure.failure.retryAfterMs ?? REPEAT_DELAY_MS * 4 ** repeat;
      if (!settings.repeatable || repeat >= REPEATS || !isPassing(failure) || delayMs > LONGEST_REPEAT_DELAY_MS) {
        throw failure;
      }
    } finally {
      leave();
    }
    await sleep(delayMs, undefined, { signal: settings.signal }).catch(() => undefined);
  }
}

/** The HTTP status behind what {@link call} threw; null: there was no answer. */
export function httpStatusOf(error: unknown): number | null {
  return (error instanceof StepError ? statusOf(error.cause) : statusOf(error))?.code ?? null;
}

/** Whether what {@link call} threw may be over in a moment: connection trouble, 409, 429 and 5xx. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof StepError)) return false;
  return error.failure.code === 'cluster-unreachable' || error.failure.code === 'cluster-error';
}

/** The race covers what does not look at a signal: exec credential plugins. */
async function withDeadline<T>(settings: CallSettings, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = (): void => controller.abort(settings.signal.reason);
  const timer = setTimeoutCallback(settings, controller);
  settings.signal.addEventListener('abort', stop, { once: true });
  try {
    return await unlessAborted(run(controller.signal), controller.signal);
  } finally {
    clearTimeout(timer);
    settings.signal.removeEventListener('abort', stop);
  }
}

function setTimeoutCallback(settings: CallSettings, controller: AbortController): NodeJS.Timeout {
  const { cluster, doing, timeoutMs } = settings;
  return setTimeout(() => {
    const message = `${cluster}: ${doing}: no answer within ${Math.round(timeoutMs / 1000)} s`;
    controller.abort(fail('cluster-unreachable', { message }));
  }, timeoutMs);
}
