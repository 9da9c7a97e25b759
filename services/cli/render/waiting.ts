import type { WaitingStatus } from '../../../shared/domain/status.ts';
import { duration } from '../../../shared/domain/time/show.ts';
import { line } from './line.ts';
import { oneLine } from './text.ts';
import type { View } from './view.ts';

/** A line for each different reason; slots that wait for the same are counted. */
export function waitingLines(waiting: readonly WaitingStatus[], indent: number, view: View): string[] {
  const groups = new Map<string, { count: number; sinceMs: number }>();
  for (const each of waiting) {
    const reason = oneLine(each.reasons.join('; '));
    const group = groups.get(reason);
    const sinceMs = Math.min(group?.sinceMs ?? each.sinceMs, each.sinceMs);
    groups.set(reason, { count: (group?.count ?? 0) + 1, sinceMs });
  }
  return [...groups].map(([reason, { count, sinceMs }]) => {
    const who = count > 1 ? `${count} slots wait` : 'waits';
    const text = `${' '.repeat(indent)}◌ ${who} ${duration(view.nowMs - sinceMs)}: ${reason}`;
    return line([['warn', text]], view.columns, view.paint);
  });
}
