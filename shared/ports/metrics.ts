import type { Counted, CountState } from '../domain/metrics/count.ts';

/** How far a rollout's journal was counted. */
export interface CountPosition {
  /** The last event counted; empty: none. */
  readonly last: string;
  readonly state: CountState;
}

/** What was counted of all journals, once and for good, the same for every process. */
export interface Totals {
  /** By rollout, as of the same moment as the totals. */
  readonly positions: ReadonlyMap<string, CountPosition>;
  /** By field, see domain/metrics/amounts.ts: counts, or milliseconds. */
  readonly counts: ReadonlyMap<string, number>;
  /** By cluster: when it was last upgraded as a whole, ms since the epoch. */
  readonly successes: ReadonlyMap<string, number>;
}

/** Keeps the totals beside the journals they are counted from. */
export interface MetricsStore {
  /** The store's clock, ms. */
  now(): Promise<number>;
  /** Every rollout that is kept, and its state; the newest first. */
  rollouts(): Promise<readonly { readonly id: string; readonly state: string }[]>;
  /** By rollout; missing: nothing of it was counted. What is kept of rollouts that are gone is forgotten. */
  positions(rollouts: readonly string[]): Promise<ReadonlyMap<string, CountPosition>>;
  /** null: nothing of it was counted. */
  position(rollout: string): Promise<CountPosition | null>;
  /** Adds to the totals and moves the position on, if it is still `before`; false: another process was first. */
  count(rollout: string, before: CountPosition | null, last: string, counted: Counted): Promise<boolean>;
  /** Positions and totals of one moment. */
  totals(): Promise<Totals>;
  /** Clusters that are taken, and by which rollout. */
  holders(): Promise<ReadonlyMap<string, string>>;
  /** What gates hold in the world. */
  gateHolds(): Promise<readonly { readonly cluster: string; readonly gate: string }[]>;
}
