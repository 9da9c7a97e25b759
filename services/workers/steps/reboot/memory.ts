import type { DrainMemory } from '../../common/drain/memory.ts';

/** A reboot order, recorded before it is sent. */
export interface OrderMemory {
  /** The boot id it was given under: another one means that the host was rebooted. */
  readonly bootId: string;
  /** ms since the epoch, our clock. */
  readonly atMs: number;
  /** ms since the epoch, the host's clock. */
  readonly notAfterMs: number;
  /** The host said that it took the order. False: the answer was lost. */
  readonly taken: boolean;
}

/** One thing seen while waiting, and since when. */
export interface Sight {
  readonly what: string;
  readonly sinceMs: number;
}

/** What the reboot step keeps in a round. */
export interface RebootMemory {
  /** null: no order is out. */
  readonly order: OrderMemory | null;
  /** What was seen since the order, in order; a new entry only when it changes. */
  readonly sights: readonly Sight[];
  /** Cordon and drain were found not to hold and a person was told: the next attempt drains anew. */
  readonly toldNotSafe: boolean;
  readonly drain: DrainMemory | null;
}

export const NO_ORDER: RebootMemory = { order: null, sights: [], toldNotSafe: false, drain: null };
