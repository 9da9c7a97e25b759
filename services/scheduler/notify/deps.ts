import type { Notifier } from '../../../shared/ports/notifier.ts';
import type { Outbox } from '../../../shared/ports/outbox.ts';
import type { NotifyQueue } from '../../../shared/queue/notify-queue.ts';
import type { SchedulerDeps } from '../deps.ts';

/** What people are told with. */
export interface NotifyParts {
  readonly outbox: Outbox;
  readonly notifyQueue: NotifyQueue;
  readonly notifier: Notifier;
  /** In [0, 1). */
  readonly random: () => number;
  readonly pace?: Partial<NotifyPace> | undefined;
}

/** How fast things go; all in ms. */
export interface NotifyPace {
  /** Between two looks at the journals. Default 1 000. */
  readonly lookMs: number;
  /** A sender that says nothing for so long counts as dead. Default 15 000. */
  readonly leaseMs: number;
  /** Before the second attempt; doubles with each. Default 2 000. */
  readonly backoffMs: number;
  /** Between two attempts at most. Default 600 000. */
  readonly backoffMaxMs: number;
  /** When the scheduler stops, what can still be told is told for so long. Default 5 000. */
  readonly lastWordsMs: number;
}

export const PACE: NotifyPace = {
  lookMs: 1_000,
  leaseMs: 15_000,
  backoffMs: 2_000,
  backoffMaxMs: 600_000,
  lastWordsMs: 5_000,
};

/** What the parts of telling work with. */
export type NotifyDeps = Pick<SchedulerDeps, 'store' | 'clock' | 'log'> &
  Omit<NotifyParts, 'pace'> & {
    readonly pace: NotifyPace;
    /** Aborted when the scheduler stops: no further message is begun. */
    readonly signal: AbortSignal;
    /** Aborted a little later: attempts under way end. */
    readonly atOnce: AbortSignal;
  };
