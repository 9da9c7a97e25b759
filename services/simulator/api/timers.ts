/** Timers of one cluster: scaled, unref'd, all cleared at the end. Times are in ms and divided by the speed. */
export class Timers {
  /** While true, nothing waits: a cluster is born with its pods running. */
  instant = false;
  readonly #speed: number;
  readonly #handles = new Set<NodeJS.Timeout>();
  #waiting: (() => void)[] = [];
  #immediate: NodeJS.Immediate | null = null;
  #open = true;

  constructor(speed: number) {
    this.#speed = speed;
  }

  /** Runs `work` once, when what runs now has ended. */
  soon(work: () => void): void {
    if (!this.#open) return;
    this.#waiting.push(work);
    this.#immediate ??= setImmediate(() => this.flush());
  }

  /** Runs everything `soon` has collected, until there is nothing left. */
  flush(): void {
    this.#immediate = null;
    while (this.#waiting.length > 0) {
      const works = this.#waiting;
      this.#waiting = [];
      for (const work of works) work();
    }
  }

  /** Runs `work` after `ms`, or soon while instant if it may be `hurried`. Returns the way to call it off. */
  after(ms: number, work: () => void, hurried = true): () => void {
    if (!this.#open) return () => {};
    if (this.instant && hurried) {
      this.soon(work);
      return () => {};
    }
    const handle = setTimeout(() => {
      this.#handles.delete(handle);
      work();
    }, ms / this.#speed).unref();
    return this.#keep(handle);
  }

  /** Runs `work` every `ms`, at most 20 times a second. Returns the way to stop. */
  every(ms: number, work: () => void): () => void {
    if (!this.#open) return () => {};
    return this.#keep(setInterval(work, Math.max(50, ms / this.#speed)).unref());
  }

  /** Nothing runs from now on. */
  close(): void {
    this.#open = false;
    this.#waiting = [];
    if (this.#immediate !== null) clearImmediate(this.#immediate);
    for (const handle of this.#handles) clearTimeout(handle);
    this.#handles.clear();
  }

  #keep(handle: NodeJS.Timeout): () => void {
    this.#handles.add(handle);
    return () => {
      clearTimeout(handle);
      this.#handles.delete(handle);
    };
  }
}
