import type { RolloutStatus } from '../../../shared/domain/status.ts';
import { duration } from '../../../shared/domain/time/show.ts';
import { about, leftText } from '../../../shared/domain/words/estimate.ts';
import { line, type Piece } from './line.ts';
import type { Tone } from './paint.ts';
import { bar, progressOf } from './progress.ts';
import { wrap } from './text.ts';
import type { View } from './view.ts';

const STATES: Readonly<Record<RolloutStatus['state'], readonly [Tone, string]>> = {
  created: ['dim', 'not started'],
  running: ['active', 'running'],
  stopping: ['warn', 'stopping after the open waves'],
  paused: ['warn', 'paused'],
  aborting: ['warn', 'aborting'],
  'waiting-on-person': ['bad', 'waiting for a person'],
  done: ['good', 'done'],
  aborted: ['bad', 'aborted'],
};

/** Which rollout, how it stands, how far it is, and what is left of it. */
export function headerLines(status: RolloutStatus, view: View): string[] {
  const progress = progressOf(Object.values(status.nodes));
  const began = status.startedAtMs ?? status.createdAtMs;
  const elapsed = duration((status.endedAtMs ?? view.nowMs) - began);
  const names: Piece[] = [['strong', status.id], ['dim', '  fleet '], status.fleet];
  const [done, rest] = bar(progress.settled, progress.total, view.columns >= 120 ? 48 : 24);
  const { skipped, excluded, aborted } = status.counts;
  const counts: Piece[] = [
    `  ${progress.settled}/${progress.total} nodes`,
    ['active', progress.active > 0 ? ` · ${progress.active} away` : ''],
    ['bad', progress.failed > 0 ? ` · ${progress.failed} failed` : ''],
    ['dim', status.failureBudget > 0 ? ` · bears ${failures(status.failureBudget)}` : ''],
    ['warn', progress.held > 0 ? ` · ${progress.held} held` : ''],
    ['dim', [some(skipped, 'skipped'), some(excluded, 'excluded'), some(aborted, 'aborted')].join('')],
  ];
  return [
    line(names, view.columns, view.paint, [STATES[status.state], ['dim', elapsed.padStart(8)]]),
    line([['good', done], ['dim', rest], ...counts], view.columns, view.paint),
    ...estimateLines(status, view),
  ];
}

/** How many failures a budget bears, in words. */
export function failures(budget: number): string {
  return budget === 1 ? '1 failure' : `${budget === 0 ? 'no' : budget} failures`;
}

/** One that nobody lets go on tells what is left from then on. */
function estimateLines({ state }: RolloutStatus, { left, nowMs, timeZone, columns, paint }: View): string[] {
  if (!left) return [];
  const when = { nowMs, ...(timeZone === undefined ? {} : { timeZone }) };
  const text = state === 'running' ? leftText(left, when) : `${about(left.leftMs)} left once it goes on`;
  return wrap(text, columns).map(each => line([['dim', each]], columns, paint));
}

function some(count: number, word: string): string {
  return count > 0 ? ` · ${count} ${word}` : '';
}
