import { type Command, Option } from 'commander';
import type { ServiceLog } from '../../common/log.ts';
import { LOG_FORMATS, LOG_LEVELS, type LogFormat, type LogLevel } from '../../common/log-options.ts';
import { CliError, EXIT } from '../exit.ts';
import type { Wiring } from '../wiring.ts';

/** What {@link withLog} adds. */
export interface LogFlags {
  readonly logFormat?: LogFormat;
  readonly logLevel?: LogLevel;
}

/** How a service tells what it does. */
export interface ServiceVoice {
  readonly log: ServiceLog;
  /** For what a person at the terminal is told on stderr: as it is, or as a line of the log where that is JSON. */
  readonly say: (text: string) => void;
}

/** Adds `--log-format` and `--log-level`. */
export function withLog(command: Command): Command {
  const format = new Option('--log-format <format>', 'of the log on stderr; default: text on a terminal, else json');
  const level = new Option('--log-level <level>', 'what is logged at least; default: warn as text, info as json');
  return command.addOption(format.choices(LOG_FORMATS)).addOption(level.choices(LOG_LEVELS));
}

/** The log that the options ask for, or else `NODETIDE_LOG_FORMAT` and `NODETIDE_LOG_LEVEL`. CliError for a wrong one. */
export async function openVoice(wiring: Wiring, flags: LogFlags, service: string): Promise<ServiceVoice> {
  const { env, terminal } = wiring;
  const asked = flags.logFormat ?? oneOf(LOG_FORMATS, env, 'NODETIDE_LOG_FORMAT');
  const format = asked ?? (terminal.errLive ? 'text' : 'json');
  const askedLevel = flags.logLevel ?? oneOf(LOG_LEVELS, env, 'NODETIDE_LOG_LEVEL');
  const level = askedLevel ?? (format === 'text' ? 'warn' : 'info');
  const log = await wiring.openLog({ format, level }, service);
  return { log, say: format === 'text' ? text => terminal.err(text) : text => log.info({}, text) };
}

function oneOf<T extends string>(choices: readonly T[], env: Wiring['env'], name: string): T | undefined {
  const value = env[name];
  if (!value) return undefined;
  const found = choices.find(choice => choice === value);
  if (found === undefined) throw new CliError(EXIT.badInput, `${name} is ${value}; there are ${choices.join(', ')}`);
  return found;
}
