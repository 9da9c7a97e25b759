/** Keys remembered; the oldest go. */
const MOST_KEPT = 5_000;

/** Knows what was said of something last. */
export class Once {
  readonly #said = new Map<string, string>();

  /** Whether `text` is not what was said of `key` last; from now on it is. */
  isNew(key: string, text: string): boolean {
    const before = this.#said.get(key);
    this.#said.delete(key);
    this.#said.set(key, text);
    const [oldest] = this.#said.keys();
    if (this.#said.size > MOST_KEPT && oldest !== undefined) this.#said.delete(oldest);
    return before !== text;
  }
}
