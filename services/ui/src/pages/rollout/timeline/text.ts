import { clockTime, duration } from '../../../../../../shared/domain/time/show.ts';
import type { Bar, NodeLine } from './lines.ts';

/** A step in time as a line of text. */
export function barText({ step, state, fromMs, toMs }: Bar): string {
  const until = state === 'running' ? 'until now' : `to ${clockTime(toMs)}`;
  const how = state === 'done' ? '' : `, ${state}`;
  return `${step} ${duration(toMs - fromMs)}${how} (${clockTime(fromMs)} ${until})`;
}

/** A node in time, for those who do not see its bars. */
export function nodeText({ cell, fromMs, toMs, bars }: NodeLine): string {
  const steps = bars.map(({ step, state, fromMs: from, toMs: to }) => {
    return `${step} ${duration(to - from)}${state === 'done' ? '' : ` ${state}`}`;
  });
  return [`${cell.cluster}/${cell.node}: ${duration(toMs - fromMs)} from ${clockTime(fromMs)}`, ...steps].join(', ');
}
