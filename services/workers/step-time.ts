import { performance } from 'node:perf_hooks';
import { fail } from '../../shared/domain/failures/catalogue.ts';
import { hookMemoryOf, spentMs } from '../../shared/domain/hooks/memory.ts';
import type { NodePolicy } from '../../shared/domain/policy.ts';
import type { StepName } from '../../shared/domain/steps.ts';
import type { BeginAnswer } from '../../shared/ports/engine-store.ts';

/** However late a visit comes, it may look once and tell what it sees. */
const LEAST_VISIT_MS = 10_000;

/** The time a visit has: its signal aborts when that is over. It can stand still for a while. */
export class StepTime {
  readonly #late = new AbortController();
  readonly #reason: () => Error;
  #leftMs: number;
  #since = 0;
  #timer: NodeJS.Timeout | null = null;

  /** Starts at once. `reason` is what the signal is aborted with. */
  constructor(leftMs: number, reason: () => Error) {
    this.#leftMs = leftMs;
    this.#reason = reason;
    this.#run();
  }

  get signal(): AbortSignal {
    return this.#late.signal;
  }

  /** Does the work while the time stands still. Returns how long that took, ms. */
  async standStill(work: () => Promise<void>): Promise<number> {
    const since = performance.now();
    this.end();
    try {
      await work();
    } finally {
      this.#run();
    }
    return performance.now() - since;
  }

  /** Nothing aborts the signal any more. */
  end(): void {
    if (!this.#timer) return;
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#leftMs -= performance.now() - this.#since;
  }

  #run(): void {
    this.#since = performance.now();
    this.#timer = setTimeout(() => this.#late.abort(this.#reason()), Math.max(0, this.#leftMs));
  }
}

/** What is left of a step's time. What its hooks took is none of it, nor what it waited for others. */
export function timeOfVisit(
  step: StepName,
  policy: NodePolicy,
  begin: Extract<BeginAnswer, { kind: 'go' }>,
  attempt: number,
): StepTime {
  const { timeoutMs } = policy.limits[step];
  const hooksMs = spentMs(hookMemoryOf(begin.hooks, begin.elapsedMs), attempt);
  const elapsedMs = begin.waited ? 0 : Math.max(0, begin.elapsedMs - hooksMs);
  return new StepTime(Math.max(timeoutMs - elapsedMs, LEAST_VISIT_MS), () =>
    fail('step-timeout', { message: `${step} did not end within ${timeoutMs / 1000} s` }),
  );
}
