import type { Command } from 'commander';
import { DEFAULT_RETENTION, type Retention } from '../../../shared/domain/retention.ts';
import { wholeNumber } from '../options.ts';

const DAY_MS = 86_400_000;

/** The options as commander gives them. */
export interface RetentionFlags {
  readonly keepRollouts: number;
  readonly keepDays: number;
}

/** Adds `--keep-rollouts` and `--keep-days` to a command that runs a scheduler. */
export function withRetention(command: Command): Command {
  const { keepRollouts, keepMs } = DEFAULT_RETENTION;
  return command
    .option(
      '--keep-rollouts <count>',
      'most rollouts that have ended to keep, 0: all',
      wholeNumber(0, 100_000),
      keepRollouts,
    )
    .option(
      '--keep-days <days>',
      'how long rollouts are kept after their end, 0: for ever',
      wholeNumber(0, 36_500),
      keepMs / DAY_MS,
    );
}

/** What the options say. */
export function retentionOf({ keepRollouts, keepDays }: RetentionFlags): Retention {
  return { keepRollouts, keepMs: keepDays * DAY_MS };
}
