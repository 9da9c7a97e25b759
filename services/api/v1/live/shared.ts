/** What was made last, and how many before it. */
export interface Shown<T> {
  /** Rises with each value, from 1. */
  readonly version: number;
  readonly value: T;
}

/** Sees what is made; to be left once. */
export interface Watcher<T> {
  /** null: nothing was made yet. */
  latest(): Shown<T> | null;
  /**
   * Resolves to true once the version is no longer `seen` (0: nothing was made yet), to false after `ms` or when the signal
   * aborts. Rejects when nothing more will be made.
   */
  changed(seen: number, ms: number, signal: AbortSignal): Promise<boolean>;
  leave(): void;
}

/** Values that are made once, however many watch: made as long as somebody does. */
export class Shared<T> {
  readonly #stop = new AbortController();
  readonly #waiting = new Set<() => void>();
  readonly #ended: () => void;
  #latest: Shown<T> | null = null;
  #watchers = 0;
  #failure: Error | null = null;

  /** `make` ends when its signal aborts. `ended` is called when nobody watches any more, or `make` has ended. */
  constructor(make: (signal: AbortSignal) => AsyncIterable<T>, ended: () => void) {
    this.#ended = ended;
    void this.#run(make);
  }

  watch(): Watcher<T> {
    this.#watchers += 1;
    let left = false;
    return {
      latest: () => this.#latest,
      changed: (seen, ms, signal) => this.#changed(seen, ms, signal),
      leave: () => {
        if (left) return;
        left = true;
        this.#watchers -= 1;
        if (this.#watchers > 0) return;
        this.#ended();
        this.#stop.abort();
      },
    };
  }

  async #run(make: (signal: AbortSignal) => AsyncIterable<T>): Promise<void> {
    let cause: unknown;
    try {
      for await (const value of make(this.#stop.signal)) {
        this.#latest = { version: (this.#latest?.version ?? 0) + 1, value };
        this.#wake();
      }
    } catch (error) {
      cause = error;
    }
    this.#failure = new Error('this cannot be followed any more', { cause });
    this.#ended();
    this.#wake();
  }

  async #changed(seen: number, ms: number, signal: AbortSignal): Promise<boolean> {
    const isSeen = () => (this.#latest?.version ?? 0) === seen;
    if (isSeen() && this.#failure === null && !signal.aborted) await this.#woken(ms, signal);
    if (this.#failure !== null) throw this.#failure;
    return !isSeen();
  }

  #woken(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise(resolve => {
      const wake = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      signal.addEventListener('abort', wake);
      this.#waiting.add(wake);
    });
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) wake();
  }
}
