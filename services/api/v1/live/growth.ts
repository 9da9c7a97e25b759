import type { RolloutReader } from '../../../../shared/ports/store.ts';

/** Hears that a journal has grown. */
export interface Listener {
  /** Rises with each event. */
  version(): number;
  /**
   * Resolves to true once the version is no longer `seen`, to false after `ms` or when the signal aborts. Rejects when the
   * journal cannot be followed any more.
   */
  grown(seen: number, ms: number, signal: AbortSignal): Promise<boolean>;
  leave(): void;
}

/** Tells when journals grow: one follower for each rollout, however many listen. */
export class Growth {
  readonly #follow: RolloutReader['follow'];
  readonly #feeds = new Map<string, Feed>();

  constructor(reader: Pick<RolloutReader, 'follow'>) {
    this.#follow = (...asked) => reader.follow(...asked);
  }

  /** `after`: the journal's end as the caller saw it. The caller has to look once more before it waits. */
  listen(rollout: string, after: string): Listener {
    let feed = this.#feeds.get(rollout);
    if (!feed) {
      const made = new Feed(() => {
        if (this.#feeds.get(rollout) === made) this.#feeds.delete(rollout);
      });
      this.#feeds.set(rollout, made);
      made.run(signal => this.#follow(rollout, after, signal));
      feed = made;
    }
    return feed.join();
  }
}

/** What one follower hears. */
class Feed {
  readonly #stop = new AbortController();
  readonly #waiting = new Set<() => void>();
  readonly #ended: () => void;
  #version = 0;
  #listeners = 0;
  #failure: Error | null = null;

  constructor(ended: () => void) {
    this.#ended = ended;
  }

  run(follow: (signal: AbortSignal) => AsyncIterable<unknown>): void {
    const reading = async (): Promise<void> => {
      for await (const _ of follow(this.#stop.signal)) {
        this.#version += 1;
        this.#wake();
      }
    };
    void reading()
      .catch((error: unknown) => error)
      .then(error => {
        this.#failure = new Error('the journal cannot be followed any more', { cause: error });
        this.#ended();
        this.#wake();
      });
  }

  join(): Listener {
    this.#listeners += 1;
    let left = false;
    return {
      version: () => this.#version,
      grown: (seen, ms, signal) => this.#grown(seen, ms, signal),
      leave: () => {
        if (left) return;
        left = true;
        this.#listeners -= 1;
        if (this.#listeners > 0) return;
        this.#ended();
        this.#stop.abort();
      },
    };
  }

  async #grown(seen: number, ms: number, signal: AbortSignal): Promise<boolean> {
    if (this.#version === seen && this.#failure === null && !signal.aborted) await this.#woken(ms, signal);
    if (this.#failure !== null) throw this.#failure;
    return this.#version !== seen;
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
