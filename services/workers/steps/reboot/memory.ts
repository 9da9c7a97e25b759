import type { DrainMemory } from '../../common/drain/memory.ts';

/** The command on the control side, recorded before it is run. */
export interface ControlMemory {
  /** ms since the epoch, our clock. */
  readonly startedAtMs: number;
  /** null: its end was not seen. */
  readonly endedAtMs: number | null;
}

/** A reboot order, recorded before it is sent. */
export interface OrderMemory {
  /** The boot id it was given under: another one means that the host was rebooted. */
  readonly bootId: string;
  /** ms since the epoch, our clock. */
  readonly atMs: number;
  /** When the host had booted, ms since the epoch, our clock. */
  readonly bootedAtMs: number;
  /** ms since the epoch, the host's clock. */
  readonly notAfterMs: number;
  /** The host said that it took the order. False: the answer was lost. */
  readonly taken: boolean;
  /** That the host was told to shut down for the command on the control side, and said that it will; null: it was not. */
  readonly shutdown: { readonly atMs: number; readonly taken: boolean } | null;
  /** null: no command was run on the control side. */
  readonly control: ControlMemory | null;
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
  /** Since when the host has given no answer; null: it answered at the last look. */
  readonly downSinceMs: number | null;
  /** What was seen since the order, in order; a new entry only when it changes. */
  readonly sights: readonly Sight[];
  /** Cordon and drain were found not to hold and a person was told: the next attempt drains anew. */
  readonly toldNotSafe: boolean;
  readonly drain: DrainMemory | null;
}

export const NO_ORDER: RebootMemory = {
  order: null,
  downSinceMs: null,
  sights: [],
  toldNotSafe: false,
  drain: null,
};

/** Whether an attempt before this one gave the order. */
export function isOfEarlierAttempt(order: OrderMemory, context: { readonly attemptStartedAtMs: number }): boolean {
  return order.atMs < context.attemptStartedAtMs;
}
