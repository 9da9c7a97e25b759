/** A budget may be free again at any moment, and trouble over: ask soon, then more and more seldom. */
const RETRY_MIN_MS = 250;
const RETRY_MAX_MS = 5_000;
const GROWTH = 1.6;
/** Most retries a second, of all pods of a node together: with hundreds refused each is asked more seldom. */
const RETRIES_PER_SECOND = 20;

/** When pods of one node that were refused are asked for again: spread, so that they do not all ask at the same moment. */
export class RetryPace {
  #turn = 0;

  /** `tries` before this one, of each of `pods` pods; `askedMs` is what the server asked for, null: nothing. */
  delayMs(tries: number, pods: number, askedMs: number | null): number {
    this.#turn = (this.#turn + 1) % Math.max(1, pods);
    const spreadMs = (this.#turn * 1000) / RETRIES_PER_SECOND;
    return (askedMs ?? Math.min(RETRY_MIN_MS * GROWTH ** tries, RETRY_MAX_MS)) + spreadMs;
  }
}
