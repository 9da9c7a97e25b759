/** A set of small whole numbers. */
export class Bits {
  readonly #words: Uint32Array;

  constructor(size: number) {
    this.#words = new Uint32Array(Math.ceil(size / 32));
  }

  add(value: number): void {
    const at = value >>> 5;
    this.#words[at] = (this.#words[at] ?? 0) | (1 << (value & 31));
  }

  has(value: number): boolean {
    return ((this.#words[value >>> 5] ?? 0) & (1 << (value & 31))) !== 0;
  }

  isWithin(other: Bits): boolean {
    for (let at = 0; at < this.#words.length; at++) {
      if (((this.#words[at] ?? 0) & ~(other.#words[at] ?? 0)) !== 0) return false;
    }
    return true;
  }

  addAll(other: Bits): void {
    for (const [at, word] of other.#words.entries()) this.#words[at] = (this.#words[at] ?? 0) | word;
  }

  /** Ascending. */
  values(): number[] {
    const found: number[] = [];
    for (const [at, word] of this.#words.entries()) {
      for (let bit = 0; bit < 32 && word >>> bit !== 0; bit++) if ((word >>> bit) & 1) found.push(at * 32 + bit);
    }
    return found;
  }

  /** Equal sets have equal keys. */
  key(): string {
    return this.#words.join();
  }
}
