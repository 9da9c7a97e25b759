/** Timers of a world whose pace is divided by `speed`; none outlives `close`. */
export class WorldTimers {
  readonly #speed: number;
  readonly #pending = new Map<NodeJS.Timeout, () => void>();
  #closed = false;

  constructor(speed: number) {
    this.#speed = speed;
  }

  /** Resolves `true` after `ms` of the world's time; `false` at once when the signal aborts or the world ends. */
  wait(ms: number, signal?: AbortSignal): Promise<boolean> {
    return this.waitReal(ms / this.#speed, signal);
  }

  /** The same by the clock on the wall. */
  waitReal(ms: number, signal?: AbortSignal): Promise<boolean> {
    if (this.#closed || signal?.aborted === true) return Promise.resolve(false);
    return new Promise(resolve => {
      const end = (whole: boolean) => {
        clearTimeout(timer);
        this.#pending.delete(timer);
        signal?.removeEventListener('abort', cut);
        resolve(whole);
      };
      const cut = () => end(false);
      const timer = setTimeout(() => end(true), ms);
      this.#pending.set(timer, cut);
      signal?.addEventListener('abort', cut, { once: true });
    });
  }

  close(): void {
    this.#closed = true;
    for (const cut of [...this.#pending.values()]) cut();
  }
}
