import type { RolloutEvent } from '../../../shared/domain/events.ts';
import { clockTime } from '../../../shared/domain/time/show.ts';
import { eventWords } from '../../../shared/domain/words/event.ts';
import type { Paint } from './paint.ts';
import { oneLine } from './text.ts';

/** An event as one line: time, whom it is about, what happened. */
export function eventLine(event: RolloutEvent, paint: Paint, timeZone?: string): string {
  const { tone, subject, text } = eventWords(event);
  return `${paint('dim', clockTime(event.atMs, timeZone))}  ${oneLine(subject)}  ${paint(tone, oneLine(text))}`;
}
