import { resolve } from 'node:path';
import type { Command } from 'commander';
import { type Plan, planClusters, planNodes } from '../../../shared/domain/plan.ts';
import type { EngineProcess } from '../../../shared/ports/store.ts';
import { estimateOf } from '../../common/estimates.ts';
import { makePlan } from '../../common/planning/make-plan.ts';
import { preflightLive } from '../../common/planning/preflight-live.ts';
import { selfOf } from '../../common/planning/self.ts';
import { carryRollout } from '../carry.ts';
import { engineElsewhere } from '../elsewhere.ts';
import { knownTimes } from '../estimates.ts';
import { CliError, EXIT } from '../exit.ts';
import { redisPlace, withRedis } from '../options.ts';
import { type NarrowOptions, narrowOf, withFleetFile, withNarrow } from '../plan/narrow-options.ts';
import { refuseBlockers } from '../preflight/options.ts';
import { renderEstimate } from '../render/estimate.ts';
import { renderPlan } from '../render/plan.ts';
import { onlyBlockers, renderPreflight, warningsText } from '../render/preflight.ts';
import type { Session, Wiring } from '../wiring.ts';
import { confirm } from './confirm.ts';
import { refusalOf } from './plan.ts';
import { pickRollout, withSession } from './rollout.ts';

interface Options extends NarrowOptions {
  readonly redis?: string;
  readonly data?: string;
  readonly file: string;
  readonly yes?: boolean;
  readonly detach?: boolean;
  readonly plain?: boolean;
  readonly takeOver?: boolean;
  readonly resume?: string;
  readonly ignoreBlockers?: boolean;
}

/** `nodetide run` */
export function register(program: Command, wiring: Wiring): void {
  const command = program
    .command('run')
    .description('show the plan, ask, and carry it out; or go on with a rollout that was stopped')
    .option('-y, --yes', 'do not ask; needed where there is no terminal')
    .option('--detach', 'start it and return; needs an engine that runs elsewhere (nodetide up)')
    .option('--plain', 'print a line for each event instead of a view that is redrawn')
    .option('--take-over', 'take clusters over that another, lost installation still holds')
    .option('--ignore-blockers', 'start it although the preflight found what would stop it')
    .option('--resume <rollout>', 'go on with this rollout instead of starting one');
  withRedis(withNarrow(withFleetFile(command))).action((options: Options) => run(wiring, options));
}

async function run(wiring: Wiring, options: Options): Promise<void> {
  const plan = options.resume === undefined ? await agreedPlan(wiring, options) : null;
  const plain = options.plain === true || !wiring.terminal.live;
  await withSession(
    wiring,
    options,
    async session => {
      if (options.detach && !(await engineElsewhere(wiring, session))) {
        throw new CliError(
          EXIT.badInput,
          'no engine runs that could carry it: start one with `nodetide up` or leave --detach out',
        );
      }
      const id = plan ? await create(wiring, session, plan, options) : await resumable(session, options);
      if (options.detach) return wiring.terminal.out(`to watch it: nodetide status -f ${id}`);
      const past = plan ? [] : await session.rollouts.events(id);
      const knownUpTo = past.at(-1)?.id ?? '';
      await carryRollout(wiring, session, id, { plain, knownUpTo, place: placeWords(wiring, options) });
    },
    { quiet: !plain },
  );
}

/** The plan, shown and agreed to. */
async function agreedPlan(wiring: Wiring, options: Options): Promise<Plan> {
  const { terminal } = wiring;
  const interrupt = new AbortController();
  const forget = wiring.onInterrupt(() => interrupt.abort(new CliError(EXIT.interrupted, 'interrupted')));
  try {
    const made = await makePlan({
      fleetFile: options.file,
      narrow: narrowOf(options),
      connectClusters: () => wiring.connectClusters(),
      clock: wiring.clock,
      signal: interrupt.signal,
      self: selfOf(wiring.env, await enginesThere(wiring, options)),
    });
    if (made.kind !== 'planned') throw refusalOf(wiring, made);
    await showPlan(wiring, made.plan, options);
    for (const note of made.notes) terminal.err(`note: ${note}`);
    await passPreflight(wiring, made.plan, options, interrupt.signal);
    return made.plan;
  } finally {
    forget();
  }
}

async function showPlan(wiring: Wiring, plan: Plan, options: Options): Promise<void> {
  const { terminal, clock } = wiring;
  const view = { width: terminal.size().columns, color: terminal.colour };
  terminal.out(renderPlan(plan, view));
  const nowMs = clock.now();
  const left = estimateOf(plan, null, await knownTimes(wiring, options, plan), nowMs);
  if (left) terminal.out(`\n${renderEstimate(plan, left, { ...view, nowMs })}`);
}

/** The engines that carry rollouts on a Redis of others; those on our own run on this machine. */
async function enginesThere(wiring: Wiring, options: Options): Promise<readonly EngineProcess[]> {
  if (redisPlace(options, wiring.env).redis === undefined) return [];
  return withSession(wiring, options, session => session.rollouts.engines(), { quiet: true });
}

/** Shows the blockers the preflight finds, and counts the rest; CliError when there are some that were not to be ignored. */
async function passPreflight(wiring: Wiring, plan: Plan, options: Options, signal: AbortSignal): Promise<void> {
  const { terminal } = wiring;
  const made = await preflightLive(plan, wiring, signal);
  if (made.kind !== 'made') throw refusalOf(wiring, made);
  const { report } = made;
  const view = { width: terminal.size().columns, color: terminal.colour };
  if (report.blockers > 0) terminal.out(`\n${renderPreflight(plan, onlyBlockers(report), view)}`);
  if (report.warnings > 0) terminal.err(`note: ${warningsText(report)}; nodetide plan --preflight tells more`);
  if (!options.ignoreBlockers)
    refuseBlockers(report, '; nothing was started (--ignore-blockers starts it all the same)');
}

async function create(wiring: Wiring, session: Session, plan: Plan, options: Options): Promise<string> {
  const [nodes, clusters] = [planNodes(plan).length, planClusters(plan).length];
  const what = `Upgrade ${count(nodes, 'node')} in ${count(clusters, 'cluster')}?`;
  if (!options.yes) await confirm(wiring, what);
  const id = await session.rollouts.create(plan, wiring.user, { takeOver: options.takeOver === true });
  wiring.terminal.out(`rollout ${id} is created`);
  return id;
}

async function resumable(session: Session, options: Options): Promise<string> {
  const { id, state } = await pickRollout(session.rollouts, options.resume);
  if (state === 'done' || state === 'aborted') throw new CliError(EXIT.badInput, `rollout ${id} has ended: ${state}`);
  return id;
}

/** The options that lead a later command to the same Redis; empty: it finds it by itself. */
function placeWords({ env }: Wiring, options: Options): string {
  if (options.redis !== undefined) return ' --redis URL';
  const { data } = redisPlace(options, env);
  return options.data === undefined ? '' : ` --data ${resolve(data)}`;
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`;
}
