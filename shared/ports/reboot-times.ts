/** When a reboot may be ordered, by the store's clock. */
export interface RebootTurn {
  /** ms since the epoch. */
  readonly atMs: number;
  /** From now; 0: now. */
  readonly inMs: number;
}

/** When nodes of a cluster were rebooted last, over all rollouts. `by`: node and round, one text each. */
export interface RebootTimes {
  /** When the next reboot of a cluster may be ordered, if `minMs` have to lie between two; `by`'s own order is no obstacle. */
  nextReboot(cluster: string, by: string, minMs: number): Promise<RebootTurn>;
  /** The same, and if that is now, the turn is taken: to be asked right before the order. Of several who ask at once, one gets it. */
  takeReboot(cluster: string, by: string, minMs: number): Promise<RebootTurn>;
  /** A reboot is proven: from now on others wait. Twice is as good as once. */
  rebooted(cluster: string, by: string): Promise<void>;
}
