/** How many requests may be sent. */
export interface Rate {
  /** A second, for as long as it takes. */
  readonly qps: number;
  /** At once, after a rest. */
  readonly burst: number;
}

/** Most calls that wait for their answer at the same time: a server that grows slow is not pressed further. */
const UNDER_WAY_MAX = 100;

/**
 * Keeps the requests to one API server under a rate, a bucket of `burst` tokens that fills with `qps` a second, and not
 * too many of them under way. Those who wait go in the order in which they came.
 */
export class Throttle {
  readonly #rate: Rate;
  readonly #waiting = new Set<() => void>();
  #tokens: number;
  #filledAtMs: number;
  #underWay = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(rate: Rate) {
    this.#rate = rate;
    this.#tokens = rate.burst;
    this.#filledAtMs = performance.now();
  }

  /**
   * Resolves when one more request may be sent, with what must be called when its answer is there; rejects with the
   * signal's reason when aborted.
   */
  async take(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    this.#fill();
    if (this.#waiting.size === 0 && this.#isOpen()) this.#send();
    else await this.#turn(signal);
    return () => {
      this.#underWay -= 1;
      this.#next();
    };
  }

  /** For what must not wait (renewals of leases, watches): counted for the rate, so that others wait the longer. */
  takeFirst(): void {
    this.#fill();
    this.#tokens -= 1;
  }

  #isOpen(): boolean {
    return this.#tokens >= 1 && this.#underWay < UNDER_WAY_MAX;
  }

  #send(): void {
    this.#tokens -= 1;
    this.#underWay += 1;
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
      this.#next();
    });
  }

  #fill(): void {
    const nowMs = performance.now();
    const since = nowMs - this.#filledAtMs;
    this.#tokens = Math.min(this.#rate.burst, this.#tokens + (since * this.#rate.qps) / 1000);
    this.#filledAtMs = nowMs;
  }

  /** Lets those go who may; the rest is looked at again when a token is there, or an answer comes. */
  #next(): void {
    this.#fill();
    for (const go of this.#waiting) {
      if (!this.#isOpen()) break;
      this.#waiting.delete(go);
      this.#send();
      go();
    }
    if (this.#waiting.size === 0 || this.#timer !== null || this.#tokens >= 1) return;
    const ms = Math.ceil(((1 - this.#tokens) * 1000) / this.#rate.qps);
    this.#timer = setTimeout(
      () => {
        this.#timer = null;
        this.#next();
      },
      Math.max(1, ms),
    );
  }
}
