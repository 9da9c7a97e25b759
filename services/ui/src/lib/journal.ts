import { signal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import type { RolloutEvent } from '../../../../shared/domain/events.ts';
import { isBehind } from './event-ids.ts';
import { get } from './http.ts';
import type { Picture } from './picture.ts';

/** So many of the last events are kept. */
export const MOST_EVENTS = 300;
const PIECE = 1_000;
const MINUTE_MS = 60_000;
/** How far back is looked for the first ones, one after another until there are enough. */
const BACK_MS = [MINUTE_MS / 3, 3 * MINUTE_MS, 30 * MINUTE_MS, 600 * MINUTE_MS, Number.POSITIVE_INFINITY] as const;
const ENOUGH = 60;
/** Nobody reads faster. */
const LEAST_MS = 700;

interface Piece {
  readonly events: readonly RolloutEvent[];
  readonly last: string;
  readonly more: boolean;
}

/** The last events of a rollout, fetched whenever its picture tells of new ones. */
export class Journal {
  /** The oldest first; null: not known yet. */
  readonly events = signal<readonly RolloutEvent[] | null>(null);
  readonly #path: string;
  #last: string | null = null;
  #wanted = '';
  #isAsking = false;

  constructor(rollout: string) {
    this.#path = `/rollouts/${encodeURIComponent(rollout)}/events`;
  }

  /** Takes in what happened up to the event `upTo`, also when it is told of while another is asked for. */
  async follow(upTo: string): Promise<void> {
    this.#wanted = upTo;
    if (this.#isAsking) return;
    this.#isAsking = true;
    while (isBehind(this.#last, this.#wanted)) {
      const asked = this.#wanted;
      const isTaken = await this.#take(asked);
      // The next picture asks again; that the connection is lost is told by it.
      if (!isTaken && asked === this.#wanted) break;
      await new Promise(resolve => setTimeout(resolve, LEAST_MS));
    }
    this.#isAsking = false;
  }

  async #take(upTo: string): Promise<boolean> {
    try {
      if (this.#last === null) await this.#begin(upTo);
      else await this.#goOn(this.#last, this.events.peek() ?? []);
      return true;
    } catch {
      return false;
    }
  }

  /** Ids of events begin with their time, so that one can ask for those since a moment. */
  async #begin(upTo: string): Promise<void> {
    const lastMs = Number(upTo.split('-')[0]);
    for (const backMs of BACK_MS) {
      await this.#goOn(Number.isFinite(backMs) ? `${Math.max(0, lastMs - backMs)}-0` : '', []);
      if ((this.events.peek()?.length ?? 0) >= ENOUGH) return;
    }
  }

  async #goOn(after: string, known: readonly RolloutEvent[]): Promise<void> {
    let all = known;
    let from = after;
    for (let more = true; more; ) {
      const piece = await get<Piece>(`${this.#path}?after=${from}&limit=${PIECE}`);
      all = [...all, ...piece.events].slice(-MOST_EVENTS);
      ({ last: from, more } = piece);
    }
    // Not before all pieces have come: what was asked for when one did not is asked for again.
    this.#last = from;
    this.events.value = all;
  }
}

/** The journal of the rollout that a picture shows. */
export function useJournal(rollout: string, picture: Picture): Journal {
  const [journal, setJournal] = useState(() => new Journal(rollout));
  useEffect(() => {
    const fresh = new Journal(rollout);
    setJournal(fresh);
    return picture.head.subscribe(head => {
      if (head) void fresh.follow(head.rollout.lastEventId);
    });
  }, [rollout, picture]);
  return journal;
}
