import { performance } from 'node:perf_hooks';

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
