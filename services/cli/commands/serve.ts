import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { isStepName, STEPS, type StepName } from '../../../shared/domain/steps.ts';
import { interrupted, stopAtSafePoint } from '../engine.ts';
import { wholeNumber, withRedis } from '../options.ts';
import type { Running, Session, Wiring } from '../wiring.ts';
import { type ApiFlags, apiOptions, withApi } from './api-options.ts';
import { type LogFlags, openVoice, withLog } from './log-options.ts';
import { type RetentionFlags, retentionOf, withRetention } from './retention-options.ts';
import { withSession } from './rollout.ts';
import { type ScheduleFlags, schedulesToKeep, withSchedules } from './schedule-options.ts';

interface Place extends LogFlags {
  readonly redis?: string;
  readonly data?: string;
}
interface LockFlags extends Place {
  /** Seconds. */
  readonly jobLock?: number;
}
interface WorkerFlags extends LockFlags {
  readonly steps?: readonly StepName[];
  readonly concurrency?: number;
}

/** `nodetide worker`, `nodetide scheduler`, `nodetide api`: one service of the engine each, until interrupted. */
export function register(program: Command, wiring: Wiring): void {
  withLock(program.command('worker').description('do the steps of nodes, all or some kinds, until interrupted'))
    .option('--steps <names>', `kinds of steps, separated by commas; default: all (${STEPS.join(',')})`, parseSteps)
    .option('--concurrency <count>', 'steps of a kind at once', wholeNumber(1, 1000))
    .action((options: WorkerFlags) => {
      const { steps, concurrency } = options;
      const chosen = { ...(steps && { steps }), ...(concurrency && { concurrency }), ...lockOf(options) };
      const what = `worker for ${(steps ?? STEPS).join(', ')}`;
      return serve(wiring, options, { what, service: 'worker' }, session => session.startWorker(chosen));
    });
  const scheduler = program
    .command('scheduler')
    .description('start and order the work of rollouts, also of schedules, until interrupted');
  type SchedulerFlags = LockFlags & ScheduleFlags & RetentionFlags;
  withLock(withRetention(withSchedules(scheduler))).action(async (options: SchedulerFlags) => {
    const schedules = await schedulesToKeep(wiring, options);
    const chosen = { ...lockOf(options), schedules, keep: retentionOf(options) };
    await serve(wiring, options, { what: 'scheduler', service: 'scheduler' }, session =>
      session.startScheduler(chosen),
    );
  });
  const api = program
    .command('api')
    .description('serve health, metrics, the API and the queues over HTTP, until interrupted');
  withLog(withApi(withRedis(api))).action(async (options: Place & ApiFlags) => {
    const chosen = await apiOptions(options, wiring.env);
    await serve(wiring, options, { what: 'api', service: 'api' }, async session => {
      const running = await session.startApi(chosen);
      wiring.terminal.out(`page at ${running.url}/`);
      wiring.terminal.out(`queues at ${running.url}/queues`);
      wiring.terminal.out(`API at ${running.apiUrl}`);
      return running;
    });
  });
}

function withLock(command: Command): Command {
  return withLog(withRedis(command)).option(
    '--job-lock <seconds>',
    'how long the work of this process stays its own when it is not heard of; default: 15',
    wholeNumber(1, 600),
  );
}

function lockOf({ jobLock }: LockFlags): { jobLockMs?: number } {
  return jobLock === undefined ? {} : { jobLockMs: jobLock * 1_000 };
}

async function serve(
  wiring: Wiring,
  options: Place,
  { what, service }: { readonly what: string; readonly service: string },
  start: (session: Session) => Promise<Running>,
): Promise<void> {
  const { log, say } = await openVoice(wiring, options, service);
  const work = async (session: Session): Promise<void> => {
    const ended = interrupted(wiring);
    const running = await start(session);
    wiring.terminal.out(`${what}: ready, Redis ${session.where}`);
    await ended;
    await stopAtSafePoint(wiring, session, running, say);
  };
  await withSession(wiring, options, work, { quiet: false, service, log });
}

function parseSteps(text: string): StepName[] {
  const names = text.split(',').map(name => name.trim());
  const wrong = names.find(name => !isStepName(name));
  if (wrong !== undefined) throw new InvalidArgumentError(`${wrong} is no step; there are ${STEPS.join(', ')}.`);
  return names.filter(isStepName);
}
