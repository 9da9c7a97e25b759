import { reasonOf } from '../ports/abort.ts';

/** Settles as `promise`, or rejects with what `late` gives after `ms`; the promise itself goes on. */
export async function inTime<T>(promise: Promise<T>, ms: number, late: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), ms);
  });
  try {
    return await Promise.race([promise, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}

interface Waiter {
  readonly go: () => void;
  readonly fail: (error: Error) => void;
}

/** Rights of which only so many are out at once, given in the order in which they were asked for. */
export class Slots {
  #size: number;
  #held = 0;
  readonly #waiting = new Set<Waiter>();

  constructor(size: number) {
    this.#size = size;
  }

  /** How many are out. */
  get held(): number {
    return this.#held;
  }

  /** How many are asked for and not yet given. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Waits for a right; call what it returns, once, to give it back. Aborting rejects with the signal's reason. */
  async take(signal?: AbortSignal): Promise<() => void> {
    signal?.throwIfAborted();
    if (this.#held < this.#size) this.#held += 1;
    else await this.#wait(signal);
    let out = true;
    return () => {
      if (out) this.#giveBack();
      out = false;
    };
  }

  /** Runs `work` with a right held. */
  async use<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const giveBack = await this.take(signal);
    try {
      return await work();
    } finally {
      giveBack();
    }
  }

  /** From now on at most `size`, which is never more than before; those out stay out. */
  shrink(size: number): void {
    this.#size = Math.min(this.#size, Math.max(1, size));
  }

  /** Everybody who waits is refused with `error`. */
  dismiss(error: Error): void {
    for (const waiter of [...this.#waiting]) waiter.fail(error);
  }

  #wait(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#waiting.delete(waiter);
        signal?.removeEventListener('abort', aborted);
      };
      const waiter: Waiter = {
        go: () => {
          leave();
          resolve();
        },
        fail: error => {
          leave();
          reject(error);
        },
      };
      const aborted = (): void => waiter.fail(signal ? reasonOf(signal) : new Error('aborted'));
      signal?.addEventListener('abort', aborted, { once: true });
      this.#waiting.add(waiter);
    });
  }

  #giveBack(): void {
    const [next] = this.#waiting;
    if (next && this.#held <= this.#size) next.go();
    else this.#held -= 1;
  }
}
