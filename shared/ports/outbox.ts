import type { Delivery } from '../domain/notify/routing.ts';

/** How far the journal of a rollout has been told. */
export interface Followed {
  /** Rises with each {@link Outbox.advance}. */
  readonly revision: number;
  /** The last event that was looked at; empty: none. */
  readonly position: string;
  /** What was told as blocked and is not over; see the domain's Follow. */
  readonly told: readonly string[];
  /** The rollout has ended, and that was told. */
  readonly isOver: boolean;
}

/**
 * How a message stands. `waiting`: for its turn or its next attempt. `preparing`: a sender has it, and it has not left.
 * `sending`: it has left, and the answer is waited for. `doubtful`: its sender died before it heard the answer, and it is
 * not repeated.
 */
export type DeliveryState = 'waiting' | 'preparing' | 'sending' | 'sent' | 'given-up' | 'doubtful';

/** A message and how it stands. */
export interface DeliveryRecord {
  readonly delivery: Delivery;
  readonly state: DeliveryState;
  readonly attempts: number;
  /** Store's clock, ms. */
  readonly addedAtMs: number;
  /** When the next attempt may be made. */
  readonly nextAtMs: number;
  /** null: it is on its way. */
  readonly endedAtMs: number | null;
  /** What came of the last attempt; never a secret. */
  readonly note: string;
}

/** What asking for a lane's next message gave. */
export type Taken =
  | { readonly kind: 'empty' }
  /** Its first message is with another sender, or waits for its next attempt. */
  | { readonly kind: 'later'; readonly ms: number }
  | {
      readonly kind: 'ready';
      readonly delivery: Delivery;
      /** From 1, this one included. */
      readonly attempt: number;
      /** Since it was added. */
      readonly ageMs: number;
      /** It has left once, and its sender died before it heard the answer. */
      readonly inDoubt: boolean;
    };

/** What came of an attempt. */
export type Outcome =
  | { readonly state: 'sent' | 'given-up' | 'doubtful'; readonly note: string }
  | { readonly state: 'waiting'; readonly note: string; readonly retryInMs: number };

/** What came of the messages of one target, since the beginning, and what is on its way. */
export interface TargetTally {
  readonly target: string;
  readonly ended: Readonly<Record<'sent' | 'given-up' | 'doubtful', number>>;
  readonly waiting: number;
  /** When the first of those was added, store's clock; null: nothing waits. */
  readonly oldestAtMs: number | null;
}

/** Messages that are to be delivered, in lanes, each lane in order. Every write is one atomic script. */
export interface Outbox {
  /** Rollouts, the oldest first, of which not everything was told. */
  unfinished(): Promise<string[]>;
  followed(rollout: string): Promise<Followed>;
  /**
   * Moves the position and adds what was decided on the way (what is known by its id is left out), or does neither: false
   * when `revision` is not the last.
   */
  advance(
    rollout: string,
    revision: number,
    to: Omit<Followed, 'revision'>,
    deliveries: readonly Delivery[],
  ): Promise<boolean>;
  /** Makes this process the one that follows the journals for `ms`, unless another one is. */
  lead(token: string, ms: number): Promise<boolean>;
  /** Lanes in which something waits. */
  lanes(): Promise<string[]>;
  /** Takes the first message of a lane for `leaseMs`; after that another sender may. */
  take(lane: string, token: string, leaseMs: number): Promise<Taken>;
  /** Keeps a message for `leaseMs` from now. */
  renew(id: string, token: string, leaseMs: number): Promise<void>;
  /** To be asked right before a message leaves; false: it is no longer this sender's, and must not leave. */
  mayLeave(id: string, token: string): Promise<boolean>;
  /** Keeps that a message has left. The order is on its way to the store when the call returns. */
  hasLeft(id: string, token: string): Promise<void>;
  /** Keeps what came of it; false: it is no longer this sender's. */
  settle(lane: string, id: string, token: string, outcome: Outcome): Promise<boolean>;
  /** What is on its way, the oldest first, then the last that ended, the newest first. */
  list(): Promise<DeliveryRecord[]>;
  /** Of every target that a message was for. */
  tally(): Promise<readonly TargetTally[]>;
}
