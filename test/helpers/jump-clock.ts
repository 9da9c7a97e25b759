import type { Clock } from '../../shared/ports/clock.ts';

/** The machine's clock, put forward whenever a test likes: for real connections and long waits at once. */
export class JumpClock implements Clock {
  #aheadMs = 0;
  readonly #wakers = new Set<() => void>();

  now(): number {
    return Date.now() + this.#aheadMs;
  }

  /** Whoever's time is over then wakes now. */
  jump(ms: number): void {
    this.#aheadMs += ms;
    for (const wake of [...this.#wakers]) wake();
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const untilMs = this.now() + ms;
    return new Promise((resolve, reject) => {
      const end = (done: () => void): void => {
        clearTimeout(timer);
        this.#wakers.delete(wake);
        signal?.removeEventListener('abort', stop);
        done();
      };
      const stop = (): void => end(() => reject(signal?.reason as Error));
      const wake = (): void => {
        if (this.now() >= untilMs) end(resolve);
      };
      const timer = setTimeout(() => end(resolve), ms);
      if (signal?.aborted) return stop();
      signal?.addEventListener('abort', stop, { once: true });
      this.#wakers.add(wake);
    });
  }
}
