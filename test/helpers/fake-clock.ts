import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../shared/ports/clock.ts';

interface Sleeper {
  readonly atMs: number;
  wake(): void;
}

/** A clock that jumps to the next waking time as soon as nobody has anything else to do. */
export class FakeClock implements Clock {
  #nowMs: number;
  readonly #sleepers = new Set<Sleeper>();
  #isJumping = false;

  constructor(nowMs = Date.UTC(2026, 0, 1)) {
    this.#nowMs = nowMs;
  }

  now(): number {
    return this.#nowMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error);
      const stop = (): void => {
        this.#sleepers.delete(sleeper);
        reject(signal?.reason as Error);
      };
      const wake = (): void => {
        this.#sleepers.delete(sleeper);
        signal?.removeEventListener('abort', stop);
        resolve();
      };
      const sleeper = { atMs: this.#nowMs + ms, wake };
      signal?.addEventListener('abort', stop, { once: true });
      this.#sleepers.add(sleeper);
      if (!this.#isJumping) void this.#jump();
    });
  }

  /** Goes on until nobody sleeps; lets everything that is ready run before each jump. */
  async #jump(): Promise<void> {
    this.#isJumping = true;
    while (this.#sleepers.size > 0) {
      for (let turn = 0; turn < 3; turn++) await setImmediate();
      const next = [...this.#sleepers].sort((a, b) => a.atMs - b.atMs)[0];
      if (!next) break;
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.wake();
    }
    this.#isJumping = false;
  }
}
