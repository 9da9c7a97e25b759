/** When work may begin on nodes. */
export type WindowRule = ClockRule | CronRule;

/**
 * Whenever a clock on the wall in `zone` shows a time from `fromMinute` on and before `toMinute` on one of the days. Where
 * clocks are put back, a time that is shown twice counts twice; one that is skipped does not come.
 */
export interface ClockRule {
  readonly kind: 'clock';
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

/** From each moment of a cron expression on, for a time that no change of clocks makes longer or shorter. */
export interface CronRule {
  readonly kind: 'cron';
  /** Five fields, read in `zone`. */
  readonly expression: string;
  readonly zone: string;
  readonly forMs: number;
}

/** The moments of a cron expression: what windows need of the port Cron. */
export interface CronMoments {
  /** The first after `afterMs`; null: none within the next years. */
  next(expression: string, zone: string, afterMs: number): number | null;
  /** The last not after `atMs`; null: none within the last years. */
  previous(expression: string, zone: string, atMs: number): number | null;
}

/** When nothing begins, whatever the windows say. `why` empty: none is given. `zone`: whose clocks show it to people. */
export type Freeze = FrozenDays | FrozenSpan;

/** From the first day to the last, both whole, by the clocks of `zone`. */
export interface FrozenDays {
  readonly kind: 'days';
  /** Days since 1970-01-01. */
  readonly fromDay: number;
  readonly toDay: number;
  readonly zone: string;
  readonly why: string;
}

/** From an instant on and before another, ms since the epoch. */
export interface FrozenSpan {
  readonly kind: 'span';
  readonly fromMs: number;
  readonly toMs: number;
  readonly zone: string;
  readonly why: string;
}

/** Windows and freezes of a cluster. */
export interface WindowPolicy {
  /** Empty: always open. */
  readonly rules: readonly WindowRule[];
  readonly freezes: readonly Freeze[];
  /** A node starts only if this long is left. null: as long as nodes of its kind took before. */
  readonly nodeTakesMs: number | null;
}

/** The windows that hold for a wave: its own in the place of the cluster's, if it has any. Freezes are the cluster's. */
export function windowOfWave(
  cluster: { readonly policy: { readonly window: WindowPolicy } },
  wave: { readonly windows?: readonly WindowRule[] } | undefined,
): WindowPolicy {
  const { window } = cluster.policy;
  return wave?.windows ? { ...window, rules: wave.windows } : window;
}
