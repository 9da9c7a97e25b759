/** How many requests may be sent. */
export interface Rate {
  /** A second, for as long as it takes. */
  readonly qps: number;
  /** At once, after a rest. */
  readonly burst: number;
}

/**
 * Keeps the requests to one API server under a rate: a bucket of `burst` tokens that fills with `qps` a second. Those
 * who wait go in the order in which they came.
 */
export class Throttle {
  readonly #rate: Rate;
  readonly #waiting = new Set<() => void>();
  #tokens: number;
  #filledAtMs: number;
  #timer: NodeJS.Timeout | null = null;

  constructor(rate: Rate) {
    this.#rate = rate;
    this.#tokens = rate.burst;
    this.#filledAtMs = performance.now();
  }

  /** Resolves when one more request may be sent; rejects with the signal's reason when aborted. */
  async take(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#fill();
    if (this.#waiting.size === 0 && this.#tokens >= 1) {
      this.#tokens -= 1;
      return;
    }
    await this.#turn(signal);
  }

  /** For what must not wait (renewals of leases, watches): counted like all others, who wait the longer for it. */
  takeFirst(): void {
    this.#fill();
    this.#tokens -= 1;
  }

  #turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const go = (): void => {
        signal.removeEventListener('abort', stop);
        resolve();
      };
      const stop = (): void => {
        this.#waiting.delete(go);
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', stop, { once: true });
      this.#waiting.add(go);
      this.#wait();
    });
  }

  #fill(): void {
    const nowMs = performance.now();
    this.#tokens = Math.min(this.#rate.burst, this.#tokens + ((nowMs - this.#filledAtMs) * this.#rate.qps) / 1000);
    this.#filledAtMs = nowMs;
  }

  #wait(): void {
    if (this.#timer !== null) return;
    // Never shorter than needed: a timer may fire a little early.
    const ms = Math.ceil(((1 - this.#tokens) * 1000) / this.#rate.qps);
    this.#timer = setTimeout(() => this.#next(), Math.max(1, ms));
  }

  #next(): void {
    this.#timer = null;
    this.#fill();
    for (const go of this.#waiting) {
      if (this.#tokens < 1) break;
      this.#waiting.delete(go);
      this.#tokens -= 1;
      go();
    }
    if (this.#waiting.size > 0) this.#wait();
  }
}
