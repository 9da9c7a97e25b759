import type { RolloutEvent } from '../../../shared/domain/events.ts';
import { type StatusFold, startFold } from '../../../shared/domain/fold.ts';
import type { RolloutStatus } from '../../../shared/domain/status.ts';
import type { RolloutReader } from '../../../shared/ports/store.ts';

/** Rollouts whose folds are kept beside those that are held. */
const MOST_KEPT = 8;

interface Kept {
  readonly fold: StatusFold;
  /** Ids of the last two events folded in; empty: none. */
  before: string;
  last: string;
}

/** Folds of the rollouts that were asked for last: each look takes in only what has happened since. */
export class StatusCache {
  readonly #reader: RolloutReader;
  readonly #kept = new Map<string, Kept>();
  /** One look at a time for each rollout, else two would fold the same event. */
  readonly #looks = new Map<string, Promise<unknown>>();

  #held: ReadonlySet<string> = new Set();

  constructor(reader: RolloutReader) {
    this.#reader = reader;
  }

  /** From now on the folds of these are kept however many others are asked for. */
  hold(ids: readonly string[]): void {
    this.#held = new Set(ids);
    this.#letGo();
  }

  /** How a rollout stands now; null: no such rollout. */
  async status(id: string): Promise<RolloutStatus | null> {
    const look = (this.#looks.get(id) ?? Promise.resolve()).then(
      () => this.#look(id),
      () => this.#look(id),
    );
    this.#looks.set(id, look);
    try {
      return await look;
    } finally {
      if (this.#looks.get(id) === look) this.#looks.delete(id);
    }
  }

  async #look(id: string): Promise<RolloutStatus | null> {
    const kept = this.#kept.get(id) ?? (await this.#begin(id));
    if (kept === null) return null;
    const events = await this.#reader.events(id, kept.before);
    // The last event folded in comes along: where it is gone, an older journal was put back.
    const known = kept.last === '' || events[0]?.id === kept.last;
    if (!known) {
      this.#kept.delete(id);
      return this.#look(id);
    }
    takeIn(kept, kept.last === '' ? events : events.slice(1));
    this.#keep(id, kept);
    return kept.fold.status();
  }

  async #begin(id: string): Promise<Kept | null> {
    const plan = await this.#reader.plan(id);
    return plan && { fold: startFold(plan, id), before: '', last: '' };
  }

  /** As the newest; the oldest goes. */
  #keep(id: string, kept: Kept): void {
    this.#kept.delete(id);
    this.#kept.set(id, kept);
    this.#letGo();
  }

  #letGo(): void {
    const others = [...this.#kept.keys()].filter(id => !this.#held.has(id));
    for (const oldest of others.slice(0, -MOST_KEPT)) this.#kept.delete(oldest);
  }
}

function takeIn(kept: Kept, events: readonly RolloutEvent[]): void {
  for (const event of events) {
    kept.fold.apply(event);
    kept.before = kept.last;
    kept.last = event.id;
  }
}
