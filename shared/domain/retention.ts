import type { RolloutSummary } from './view/summary.ts';

/** How long rollouts that have ended are kept. */
export interface Retention {
  /** So many of them at most, the last to end first; 0: any number. */
  readonly keepRollouts: number;
  /** At most so long after the end; 0: for ever. */
  readonly keepMs: number;
}

/** A year's record, with a month to hand it over. */
export const DEFAULT_RETENTION: Retention = { keepRollouts: 200, keepMs: 400 * 86_400_000 };

/** Who follows a rollout has come to its end after this, or asks again for a reason. */
export const LEAST_KEPT_MS = 3_600_000;

/**
 * Ids of the rollouts that are to be removed, the longest ended first. One that has not ended is never among them, nor one
 * of `needed` (something outside is still held for it, or people are not told all of it), nor one that ended within {@link LEAST_KEPT_MS}.
 */
export function overdueRollouts(
  rollouts: readonly Pick<RolloutSummary, 'id' | 'state' | 'endedAtMs'>[],
  { keepRollouts, keepMs }: Retention,
  needed: ReadonlySet<string>,
  nowMs: number,
): string[] {
  const ended = rollouts
    .flatMap(({ id, state, endedAtMs }) =>
      endedAtMs !== null && (state === 'done' || state === 'aborted') ? [{ id, endedAtMs }] : [],
    )
    .sort((a, b) => b.endedAtMs - a.endedAtMs || (a.id < b.id ? 1 : -1));
  const over = ended.filter(({ endedAtMs }, at) => {
    const isMany = keepRollouts > 0 && at >= keepRollouts;
    const isOld = keepMs > 0 && nowMs - endedAtMs > keepMs;
    return (isMany || isOld) && nowMs - endedAtMs >= LEAST_KEPT_MS;
  });
  return over
    .map(({ id }) => id)
    .filter(id => !needed.has(id))
    .reverse();
}
