import { hostname } from 'node:os';
import type { Command } from 'commander';
import { Option } from 'commander';
import type { EngineProcess } from '../../../shared/ports/store.ts';
import { CliError, EXIT } from '../exit.ts';
import { redisPlace, wholeNumber, withRedis } from '../options.ts';
import type { Wiring } from '../wiring.ts';
import { withSession } from './rollout.ts';

/** An engine process that was not seen for longer than this counts as dead; it tells of itself every few seconds. */
const MAX_AGE_SECONDS = 30;

interface Options {
  readonly redis?: string;
  readonly data?: string;
  readonly role?: EngineProcess['role'];
  readonly host: string;
  readonly maxAge: number;
}

/** `nodetide health`: exit 0 when an engine process of this machine is alive, for health checks of containers. */
export function register(program: Command, wiring: Wiring): void {
  withRedis(
    program.command('health').description('whether a scheduler or worker of this machine is alive (exit 0 or 1)'),
  )
    .addOption(new Option('--role <role>', 'only processes of this kind').choices(['scheduler', 'worker']))
    .option('--host <name>', 'the machine to look for', hostname())
    .option('--max-age <seconds>', 'seen at most this long ago', wholeNumber(1), MAX_AGE_SECONDS)
    .action((options: Options) => health(wiring, options));
}

async function health(wiring: Wiring, options: Options): Promise<void> {
  if (redisPlace(options, wiring.env).redis === undefined) {
    throw new CliError(EXIT.usage, 'health never starts a Redis: name one with --redis or REDIS_URL');
  }
  await withSession(wiring, options, async session => {
    const engines = await session.rollouts.engines();
    const found = engines.filter(engine => isAlive(engine, options, wiring.clock.now()));
    if (found.length === 0) {
      throw new CliError(EXIT.failed, `no ${options.role ?? 'engine process'} of ${options.host} is alive`);
    }
    for (const { role, pid, steps } of found) {
      wiring.terminal.out(`${role} ${pid}${steps.length > 0 ? ` (${steps.join(', ')})` : ''}`);
    }
  });
}

/** Whether `engine` is one asked for and has told of itself lately. */
export function isAlive(
  engine: EngineProcess,
  asked: { readonly role?: string; readonly host: string; readonly maxAge: number },
  nowMs: number,
): boolean {
  if (engine.host !== asked.host || (asked.role !== undefined && engine.role !== asked.role)) return false;
  return nowMs - engine.seenAtMs <= asked.maxAge * 1000;
}
