import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { failureOf } from '../../../shared/domain/failure.ts';
import { type Plan, planClusters, planNodes } from '../../../shared/domain/plan.ts';
import { NOT_NARROWED } from '../../../shared/domain/plan-build/narrow.ts';
import { makePlan } from '../../common/planning/make-plan.ts';
import { carryRollout } from '../carry.ts';
import { both, interrupted, startEngine, stopAtSafePoint } from '../engine.ts';
import { CliError, EXIT } from '../exit.ts';
import { wholeNumber } from '../options.ts';
import type { Session, Wiring } from '../wiring.ts';
import { refusalOf } from './plan.ts';
import { withSession } from './rollout.ts';

interface Options {
  readonly serve?: boolean;
  readonly speed?: string;
  readonly world?: string;
  readonly plain?: boolean;
  readonly dir?: string;
  readonly port: number;
}

/** `nodetide demo` */
export function register(program: Command, wiring: Wiring): void {
  program
    .command('demo')
    .description('carry a whole rollout out on a simulated fleet, in a temporary folder; touches nothing else')
    .option('--dir <dir>', 'use this new or empty folder and keep it: fleet.yaml, world.jsonl and the Redis')
    .option('--serve', 'serve the queues meanwhile, and stay up afterwards for looking around')
    .option('--port <number>', 'port to serve on; 0: any free one', wholeNumber(0, 65535), 7070)
    .option('--speed <factor>', 'divides every latency of the simulated fleet; default: as its description says')
    .option('--world <file>', 'description of the simulated fleet; default: 3 stages with 38 nodes')
    .option('--plain', 'print a line for each event instead of a view that is redrawn')
    .action((options: Options) => demo(wiring, options));
}

async function demo(wiring: Wiring, options: Options): Promise<void> {
  const { terminal } = wiring;
  const folder = await folderFor(options.dir);
  const world = [
    ...(options.world === undefined ? [] : ['--file', options.world]),
    ...(options.speed === undefined ? [] : ['--speed', options.speed]),
  ];
  terminal.out('starting a simulated fleet and a Redis of its own');
  const simulation = await wiring.simulate(['--write', folder, ...world]);
  try {
    const plan = await planOf(wiring, join(folder, 'fleet.yaml'));
    const place = { data: join(folder, 'redis') };
    const plain = options.plain === true || !terminal.live;
    await withSession(wiring, place, session => rehearse(wiring, session, plan, folder, { ...options, plain }), {
      quiet: !plain,
    });
  } finally {
    await simulation.stop();
    if (options.dir === undefined) await rm(folder, { recursive: true, force: true });
  }
}

/** The folder named, made if missing, or a temporary one. CliError when there is something in it already. */
async function folderFor(dir: string | undefined): Promise<string> {
  if (dir === undefined) return mkdtemp(join(tmpdir(), 'nodetide-demo-'));
  const folder = resolve(dir);
  await mkdir(folder, { recursive: true });
  if ((await readdir(folder)).length > 0) throw new CliError(EXIT.badInput, `${folder} is not empty`);
  return folder;
}

async function planOf(wiring: Wiring, fleetFile: string): Promise<Plan> {
  const made = await makePlan({
    fleetFile,
    narrow: NOT_NARROWED,
    connectClusters: () => wiring.connectClusters(),
    clock: wiring.clock,
    signal: new AbortController().signal,
  });
  if (made.kind === 'planned') return made.plan;
  throw refusalOf(wiring, made);
}

async function rehearse(
  wiring: Wiring,
  session: Session,
  plan: Plan,
  folder: string,
  options: Options & { readonly plain: boolean },
): Promise<void> {
  const { terminal } = wiring;
  const api = options.serve ? await session.startApi({ host: '127.0.0.1', port: options.port }) : null;
  // One of its own for looking around: it still works when nobody follows, so that a retry in the page is heard.
  const engine = options.serve
    ? await startEngine(session, {}, { schedules: { fleetFile: join(folder, 'fleet.yaml') } }).catch(async error => {
        await api?.stop();
        throw error;
      })
    : null;
  try {
    terminal.out(`nodes: ${planNodes(plan).length}, clusters: ${planClusters(plan).length}, described in ${folder}`);
    if (api) terminal.out(`page at ${api.url}/\nqueues at ${api.url}/queues\nAPI at ${api.apiUrl}`);
    const id = await session.rollouts.create(plan, wiring.user, { takeOver: false });
    const place = ` --data ${join(folder, 'redis')}`;
    const carried = carryRollout(wiring, session, id, {
      plain: options.plain,
      place,
      keeps: false,
      engineStays: engine !== null,
    });
    if (!api) return await carried;
    await stayUp(wiring, carried, `${api.url}/`, place);
  } finally {
    // How the rollout ended is not lost by it.
    const say = (error: unknown) => terminal.err(failureOf(error).message);
    if (engine && api) await stopAtSafePoint(wiring, session, both(engine, api)).catch(say);
  }
}

/** Waits for an interrupt after the rollout, then ends as the rollout did. */
async function stayUp(wiring: Wiring, carried: Promise<void>, url: string, place: string): Promise<void> {
  const [result] = await Promise.allSettled([carried]);
  wiring.terminal.out(`still serving ${url}; nodetide status${place} works too; Ctrl-C ends everything`);
  await interrupted(wiring);
  if (result.status === 'rejected') throw result.reason;
}
