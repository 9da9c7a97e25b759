/**
 * When work may begin on the nodes of a cluster: whenever a clock on the wall in `zone` shows a time from `fromMinute`
 * on and before `toMinute` on one of the days. Where clocks are put back, a time that is shown twice counts twice; one that is
 * skipped does not come.
 */
export interface WindowRule {
  /** 0 is Sunday; the day on which the window begins. */
  readonly days: readonly number[];
  /** Only the n-th such weekday of a month; -1: the last. Empty: all. */
  readonly weeks: readonly number[];
  /** Minutes since midnight, 0 to 1439. */
  readonly fromMinute: number;
  /** 1 to 1440; not after `fromMinute`: on the next day. */
  readonly toMinute: number;
  readonly zone: string;
}

/** Days on which nothing begins, whatever the windows say: from the first to the last, both whole, by the clocks of `zone`. */
export interface Freeze {
  /** Days since 1970-01-01. */
  readonly fromDay: number;
  readonly toDay: number;
  readonly zone: string;
  /** Empty: none is given. */
  readonly why: string;
}

/** Windows and freezes of a cluster. */
export interface WindowPolicy {
  /** Empty: always open. */
  readonly rules: readonly WindowRule[];
  readonly freezes: readonly Freeze[];
  /** A node starts only if this long is left. */
  readonly nodeTakesMs: number;
}
