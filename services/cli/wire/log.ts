import { withoutSecrets } from '../../../shared/domain/redact.ts';
import { dateTime } from '../../../shared/domain/time/show.ts';
import type { ServiceLog } from '../../common/log.ts';
import { LOG_LEVELS, type LogLevel, type LogStyle } from '../../common/log-options.ts';
import { oneLine } from '../render/text.ts';

/** A log of plain lines: time, level, what, fields. */
export function lineLog(write: (line: string) => void, now: () => number, least: LogLevel): ServiceLog {
  const say =
    (level: string) =>
    (fields: Readonly<Record<string, unknown>>, message: string): void => {
      const details = Object.entries(fields).map(([name, value]) => `${name}=${textOf(value)}`);
      write(oneLine(withoutSecrets(`${dateTime(now())} ${level} ${message} ${details.join(' ')}`)));
    };
  const from = (level: LogLevel, word: string) =>
    LOG_LEVELS.indexOf(level) >= LOG_LEVELS.indexOf(least) ? say(word) : () => {};
  return { info: from('info', 'info'), warn: from('warn', 'warning'), error: from('error', 'error') };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The log of a process in this style. `service`: the part it plays. */
export async function openLog(
  { format, level }: LogStyle,
  service: string,
  write: (line: string) => void,
  now: () => number,
): Promise<ServiceLog> {
  if (format === 'text') return lineLog(write, now, level);
  const { jsonLog } = await import('../../../shared/telemetry/json-log.ts');
  return jsonLog({ write, level, service });
}
