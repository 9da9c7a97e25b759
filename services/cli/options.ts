import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { RedisPlace, Wiring } from './wiring.ts';

export type OutputFormat = 'table' | 'json' | 'yaml';

/** Adds `--redis` and `--data`. */
export function withRedis(command: Command): Command {
  return command
    .option('--redis <url>', 'Redis to use (redis://, rediss://, unix://); default: REDIS_URL, else one of our own')
    .option('--data <dir>', 'folder of our own Redis; default: $XDG_STATE_HOME/nodetide or ~/.local/state/nodetide');
}

/** Adds `-o, --output`. */
export function withOutput(command: Command): Command {
  const option = new Option('-o, --output <format>', 'how to print').choices(['table', 'json', 'yaml']);
  return command.addOption(option.default('table'));
}

/** Which Redis the options and the environment name. */
export function redisPlace(options: { redis?: string; data?: string }, env: Wiring['env']): RedisPlace {
  const state = env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state');
  const data = resolve(options.data ?? env['NODETIDE_DATA'] ?? join(state, 'nodetide'));
  // A folder named on the command line means the Redis in it, whatever the environment says.
  const redis = options.redis ?? (options.data === undefined ? env['REDIS_URL'] : undefined);
  return redis ? { redis, data } : { data };
}

/** Parses a whole number ≥ `min`, for commander. */
export function wholeNumber(min: number, max = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return text => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    const upTo = max === Number.MAX_SAFE_INTEGER ? '' : ` and at most ${max}`;
    throw new InvalidArgumentError(`a whole number, at least ${min}${upTo}, is needed.`);
  };
}
