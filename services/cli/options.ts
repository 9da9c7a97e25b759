import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { CliError, EXIT } from './exit.ts';
import type { RedisPlace, ServerPlace, Wiring } from './wiring.ts';

export type OutputFormat = 'table' | 'json' | 'yaml';

/** Adds `--redis` and `--data`. */
export function withRedis(command: Command): Command {
  return command
    .option('--redis <url>', 'Redis to use (redis://, rediss://, unix://); default: REDIS_URL, else one of our own')
    .option('--data <dir>', 'folder of our own Redis; default: $XDG_STATE_HOME/nodetide or ~/.local/state/nodetide');
}

/** The options of {@link withPlace} as commander gives them. */
export interface PlaceOptions {
  readonly redis?: string;
  readonly data?: string;
  /** Missing: the command knows no servers; empty: none was named. */
  readonly server?: string | undefined;
  readonly tokenFile?: string;
  readonly caFile?: string;
}

/** Adds `--redis` and `--data`, and `--server` with what it needs, to a command that can also be done over HTTP. */
export function withPlace(command: Command): Command {
  const server = new Option('--server <url>', 'ask the HTTP API of this server instead of a Redis');
  return withRedis(command)
    .addOption(server.default('', 'NODETIDE_SERVER, else none'))
    .option(
      '--token-file <file>',
      'file with the token for the server; default: NODETIDE_TOKEN, else NODETIDE_TOKEN_FILE',
    )
    .option('--ca-file <file>', "authority that the server's certificate is checked with, PEM");
}

/** Adds `-o, --output`. */
export function withOutput(command: Command): Command {
  const option = new Option('-o, --output <format>', 'how to print').choices(['table', 'json', 'yaml']);
  return command.addOption(option.default('table'));
}

/** Which Redis, or server, the options and the environment name. CliError when they name both, or what no server is for. */
export function redisPlace(options: PlaceOptions, env: Wiring['env']): RedisPlace {
  const server = serverPlace(options, env);
  const state = env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state');
  const data = resolve(options.data ?? env['NODETIDE_DATA'] ?? join(state, 'nodetide'));
  // A folder named on the command line means the Redis in it, whatever the environment says.
  const redis = options.redis ?? (options.data === undefined ? env['REDIS_URL'] : undefined);
  if (server) return { data, server };
  return redis ? { redis, data } : { data };
}

/**
 * CliError when the environment names a server, which `command` cannot ask, and the command line no Redis: one of our own would
 * know nothing of what was meant.
 */
export function refuseServerOf(env: Wiring['env'], command: string, { redis, data }: PlaceOptions): void {
  if (!env['NODETIDE_SERVER'] || redis !== undefined || data !== undefined) return;
  throw new CliError(
    EXIT.badInput,
    `${command} asks no server, but NODETIDE_SERVER names one: do it where that engine runs, or say --redis or --data`,
  );
}

function serverPlace({ server, redis, data, tokenFile, caFile }: PlaceOptions, env: Wiring['env']): ServerPlace | null {
  const isLocal = redis !== undefined || data !== undefined;
  if (server && isLocal) throw new CliError(EXIT.usage, 'say --server, or where the Redis is, not both');
  const url = server === undefined || isLocal ? '' : server || env['NODETIDE_SERVER'] || '';
  if (url === '') {
    const isForNone = server !== undefined && (tokenFile ?? caFile) !== undefined;
    if (isForNone) throw new CliError(EXIT.usage, '--token-file and --ca-file are for a server: say --server URL too');
    return null;
  }
  return { url, ...(tokenFile !== undefined && { tokenFile }), ...(caFile !== undefined && { caFile }) };
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
