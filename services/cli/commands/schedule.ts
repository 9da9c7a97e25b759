import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { fleetClusters } from '../../../shared/domain/fleet.ts';
import { type StoredSchedule, WORK_WANTED } from '../../../shared/domain/schedule.ts';
import { CliError, EXIT } from '../exit.ts';
import { type OutputFormat, type PlaceOptions, withOutput, withPlace } from '../options.ts';
import { printData } from '../output.ts';
import { type NarrowOptions, withFleetFile, withNarrow } from '../plan/narrow-options.ts';
import { asksServer, placedOptions, planningOf } from '../plan/on-server.ts';
import { renderSchedules } from '../render/schedules.ts';
import type { Session, Wiring } from '../wiring.ts';
import { withSession } from './rollout.ts';
import { fleetOf } from './schedule-options.ts';

interface AddOptions extends PlaceOptions, NarrowOptions {
  readonly file: string;
  readonly cron: string;
  readonly timeZone: string;
  readonly mode?: string;
  readonly overlap?: string;
  readonly catchUp?: string;
  readonly onlyIf?: string;
}

/** `nodetide schedule add|list|remove|run-now` */
export function register(program: Command, wiring: Wiring): void {
  const schedule = program.command('schedule').description('rollouts that begin by themselves');
  const adding = schedule.command('add <name>').description('add a schedule beside those of the fleet file');
  withAddOptions(adding).action((name: string, options: AddOptions) =>
    add(wiring, name, placedOptions(options, adding)),
  );
  withOutput(withPlace(schedule.command('list').alias('ls').description('next start, last start and what came of it')))
    .option('--all', 'all starts that are kept, not only the last of each')
    .action((options: PlaceOptions & { output: OutputFormat; all?: boolean }) => list(wiring, options));
  withPlace(schedule.command('remove <name>').description('take a schedule away; its rollouts stay')).action(
    (name: string, options: PlaceOptions) => remove(wiring, name, options),
  );
  withPlace(schedule.command('run-now <name>').description('start it now, as if its time had come')).action(
    (name: string, options: PlaceOptions) => runNow(wiring, name, options),
  );
}

function withAddOptions(command: Command): Command {
  command
    .requiredOption('--cron <fields>', 'minute, hour, day of month, month, weekday: "0 22 * * sat"')
    .requiredOption('--time-zone <name>', 'whose clocks: Europe/Berlin')
    .addOption(new Option('--mode <mode>', 'watch: roll only nodes that ask for a reboot').choices(['roll', 'watch']))
    .addOption(new Option('--overlap <what>', 'while its clusters are held').choices(['skip', 'queue']))
    .option('--catch-up <duration>', 'make a missed start up within this time: 2h')
    .addOption(new Option('--only-if <work>', 'start only if a host has it').choices(WORK_WANTED));
  return withPlace(withNarrow(withFleetFile(command)));
}

async function add(wiring: Wiring, name: string, options: AddOptions): Promise<void> {
  const isServer = asksServer(options, wiring.env);
  const stored = isServer ? null : await storedSchedule(wiring, name, options);
  await withSession(wiring, options, async session => {
    if (!stored) await planningOf(session).addSchedule(name, writtenOf(options));
    else if (!(await session.schedules.add(stored))) {
      throw new CliError(EXIT.badInput, `there is a schedule ${name} already: remove it first`);
    }
    const added = (await session.schedules.list()).filter(each => each.schedule.name === name);
    for (const line of renderSchedules(added, new Map(), viewOf(wiring))) wiring.terminal.out(line);
    await tellWithoutEngine(wiring, session);
  });
}

/** The schedule, checked with the fleet file. */
async function storedSchedule(wiring: Wiring, name: string, options: AddOptions): Promise<StoredSchedule> {
  const { terminal, user } = wiring;
  const fleet = await fleetOf(terminal, options.file);
  const { readSchedule } = await import('../../../shared/config/read-schedule.ts');
  const { schedule, problems } = readSchedule(name, writtenOf(options), fleetClusters(fleet));
  if (!schedule) throw new CliError(EXIT.badInput, problems.join('\n  '));
  return { ...schedule, fleetFile: resolve(options.file), origin: 'hand', by: user };
}

/** The options as the fleet file would say them. */
function writtenOf(options: AddOptions): Record<string, unknown> {
  const { cron, timeZone, mode, overlap, catchUp, onlyIf, cluster, wave, node, selector, limit } = options;
  const written = { cron, timeZone, mode, overlap, catchUp, onlyIf, selector, limit };
  const lists = { clusters: cluster, waves: wave, nodes: node };
  return Object.fromEntries(Object.entries({ ...written, ...lists }).filter(([, value]) => value !== undefined));
}

async function list(wiring: Wiring, options: PlaceOptions & { output: OutputFormat; all?: boolean }): Promise<void> {
  const { terminal } = wiring;
  await withSession(wiring, options, async session => {
    const all = await session.schedules.list();
    if (options.output !== 'table') return printData(terminal, options.output, all);
    if (all.length === 0) return terminal.err('there is no schedule');
    const rollouts = new Map((await session.rollouts.list()).map(rollout => [rollout.id, rollout]));
    for (const line of renderSchedules(all, rollouts, { ...viewOf(wiring), allStarts: options.all === true })) {
      terminal.out(line);
    }
    await tellWithoutEngine(wiring, session);
  });
}

async function remove(wiring: Wiring, name: string, options: PlaceOptions): Promise<void> {
  await withSession(wiring, options, async ({ schedules }) => {
    const found = await named(schedules, name);
    await schedules.remove(name);
    wiring.terminal.out(`schedule ${name} is removed`);
    if (found.schedule.origin === 'file') {
      wiring.terminal.err(
        `it stands in ${found.schedule.fleetFile}, and comes back when that is read anew: remove it there`,
      );
    }
  });
}

async function runNow(wiring: Wiring, name: string, options: PlaceOptions): Promise<void> {
  await withSession(wiring, options, async session => {
    await named(session.schedules, name);
    await session.schedules.runNow(name, wiring.user);
    wiring.terminal.out(`schedule ${name} starts; what comes of it: nodetide schedule list`);
    await tellWithoutEngine(wiring, session);
  });
}

async function named(schedules: Session['schedules'], name: string) {
  const all = await schedules.list();
  const found = all.find(each => each.schedule.name === name);
  if (found) return found;
  const known = all.map(each => each.schedule.name).join(', ');
  throw new CliError(EXIT.badInput, `there is no schedule ${name}${known === '' ? '' : `; there are ${known}`}`);
}

/** Without a scheduler nothing starts; one carried by `run` begins none, but then there is a person. */
async function tellWithoutEngine({ terminal }: Wiring, { rollouts }: Session): Promise<void> {
  const schedulers = (await rollouts.engines()).filter(({ role }) => role === 'scheduler');
  if (schedulers.length === 0) terminal.err('note: no scheduler is running, so nothing starts: `nodetide up` runs one');
}

function viewOf({ terminal }: Wiring): { width: number; colour: boolean } {
  return { width: terminal.size().columns, colour: terminal.colour };
}
