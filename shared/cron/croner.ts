import { Cron as Croner } from 'croner';
import type { Cron } from '../ports/cron.ts';

const PARTS = 5;

/** Cron expressions as croner reads them: day of month and weekday together as cron does, either is enough. */
export const cronerCron: Cron = {
  trouble: (expression, zone) => {
    if (expression.trim().split(/\s+/).length !== PARTS) {
      return 'five parts are needed: minute, hour, day of month, month, weekday';
    }
    try {
      // Only a look at the clock shows that a zone is none.
      return patternOf(expression, zone).nextRun() === null ? 'there is no such moment in the next years' : null;
    } catch (error) {
      return (error as Error).message.replace(/^\w+: /, '');
    }
  },
  next: (expression, zone, afterMs) => patternOf(expression, zone).nextRun(new Date(afterMs))?.getTime() ?? null,
  previous: (expression, zone, atMs) => {
    // croner's answer lies strictly before, and a second is the least it knows.
    const runs = patternOf(expression, zone).previousRuns(2, new Date(atMs + 1000));
    return runs.map(run => run.getTime()).find(runMs => runMs <= atMs) ?? null;
  },
};

/** Reading an expression costs more than asking it. */
const patterns = new Map<string, Croner>();
const MOST_PATTERNS = 500;

function patternOf(expression: string, zone: string): Croner {
  const key = `${zone} ${expression}`;
  const known = patterns.get(key);
  if (known) return known;
  const pattern = new Croner(expression, { timezone: zone, mode: '5-part', paused: true });
  if (patterns.size >= MOST_PATTERNS) patterns.clear();
  patterns.set(key, pattern);
  return pattern;
}
