import type { Command } from 'commander';
import { both, interrupted, startEngine, stopAtSafePoint } from '../engine.ts';
import { CliError, EXIT } from '../exit.ts';
import { redisPlace, wholeNumber, withRedis } from '../options.ts';
import type { Session, Wiring } from '../wiring.ts';
import { type ApiFlags, apiOptions, withApi } from './api-options.ts';
import { type LogFlags, openVoice, withLog } from './log-options.ts';
import { type RetentionFlags, retentionOf, withRetention } from './retention-options.ts';
import { withSession } from './rollout.ts';
import { schedulesToKeep, withSchedules } from './schedule-options.ts';

interface Options extends ApiFlags, LogFlags, RetentionFlags {
  readonly redis?: string;
  readonly data?: string;
  readonly concurrency?: number;
  readonly file?: string;
  readonly surveyEvery?: number;
}

/** `nodetide up` */
export function register(program: Command, wiring: Wiring): void {
  const command = program
    .command('up')
    .description(
      'run everything in one process: Redis (unless one is named), scheduler, workers, HTTP with API and queues',
    )
    .option('--concurrency <count>', 'steps of a kind at once', wholeNumber(1, 1000));
  withLog(withApi(withRedis(withRetention(withSchedules(command))))).action((options: Options) => up(wiring, options));
}

async function up(wiring: Wiring, options: Options): Promise<void> {
  const { terminal } = wiring;
  const chosen = await apiOptions(options, wiring.env);
  const schedules = await schedulesToKeep(wiring, options);
  const { log, say } = await openVoice(wiring, options, 'up');
  const work = async (session: Session): Promise<void> => {
    if (!session.ownsRedis && redisPlace(options, wiring.env).redis === undefined) {
      throw new CliError(EXIT.failed, `already up in this folder: ${session.where}`);
    }
    const ended = interrupted(wiring);
    const api = await session.startApi(chosen);
    const concurrency = options.concurrency ? { concurrency: options.concurrency } : {};
    const scheduling = { schedules, keep: retentionOf(options) };
    const engine = await startEngine(session, concurrency, scheduling).catch(async (error: unknown) => {
      await api.stop();
      throw error;
    });
    terminal.out(`nodetide is up: Redis ${session.where}, queues at ${api.url}/queues`);
    terminal.out(`page at ${api.url}/`);
    terminal.out(`API at ${api.apiUrl}`);
    terminal.out('Ctrl-C stops at a safe point; rollouts go on at the next start');
    await ended;
    await stopAtSafePoint(wiring, session, both(engine, api), say);
  };
  await withSession(wiring, options, work, { quiet: false, service: 'up', log });
}
