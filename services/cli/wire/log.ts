import { dateTime } from '../../../shared/domain/time/show.ts';
import type { ServiceLog } from '../../common/log.ts';
import { oneLine } from '../render/text.ts';

/** A log of plain lines: time, level, what, fields. Information is left out unless `verbose`. */
export function lineLog(write: (line: string) => void, now: () => number, verbose: boolean): ServiceLog {
  const say =
    (level: string) =>
    (fields: Readonly<Record<string, unknown>>, message: string): void => {
      const details = Object.entries(fields).map(([name, value]) => `${name}=${textOf(value)}`);
      write(oneLine(`${dateTime(now())} ${level} ${message} ${details.join(' ')}`));
    };
  return { info: verbose ? say('info') : () => {}, warn: say('warning'), error: say('error') };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
