import { Slots } from '../wait.ts';

/** Somebody with an open connection. */
export interface PlaceHolder {
  /** Closes the connection that nobody uses now; never rejects. */
  leave(): Promise<void>;
}

/**
 * Places for connections: only so many are open at once over all hosts. Who needs one waits in order; whoever has had no
 * use for theirs for the longest time closes it first.
 */
export class Places {
  readonly #slots: Slots;
  /** Longest without use first. */
  readonly #idle = new Set<PlaceHolder>();
  /** Asked to leave, and not gone yet. */
  #leaving = 0;

  constructor(size: number) {
    this.#slots = new Slots(size);
  }

  /** Waits for a place; call what it returns once the connection is gone. Aborting rejects with the signal's reason. */
  async take(signal: AbortSignal): Promise<() => void> {
    const taking = this.#slots.take(signal);
    this.#makeRoom();
    return taking;
  }

  /** The holder has no use for its connection now. */
  idle(holder: PlaceHolder): void {
    this.#idle.add(holder);
    this.#makeRoom();
  }

  /** The holder uses its connection again, or has none any more. */
  busy(holder: PlaceHolder): void {
    this.#idle.delete(holder);
  }

  #makeRoom(): void {
    for (const holder of this.#idle) {
      if (this.#leaving >= this.#slots.waiting) return;
      this.#idle.delete(holder);
      this.#leaving += 1;
      void holder.leave().then(() => {
        this.#leaving -= 1;
        this.#makeRoom();
      });
    }
  }
}
