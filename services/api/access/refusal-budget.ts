const WINDOW_MS = 60_000;
const MOST_OF_ONE = 20;
const MOST = 200;

/** Lets only so many refusals of a minute be noted: nobody shall push out what was done by being refused. */
export class RefusalBudget {
  #beganMs = performance.now();
  readonly #counts = new Map<string, number>();
  #noted = 0;
  #dropped = 0;

  /** What to say besides, such as how many were not noted; null: not to be noted. */
  take(from: string): string | null {
    if (performance.now() - this.#beganMs >= WINDOW_MS) this.#begin();
    const count = this.#counts.get(from) ?? 0;
    if (count >= MOST_OF_ONE || this.#noted >= MOST) {
      this.#dropped += 1;
      return null;
    }
    this.#counts.set(from, count + 1);
    this.#noted += 1;
    const dropped = this.#dropped;
    this.#dropped = 0;
    return dropped === 0 ? '' : `${dropped} refusals before this one were not noted`;
  }

  #begin(): void {
    this.#beganMs = performance.now();
    this.#counts.clear();
    this.#noted = 0;
  }
}
