import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Draft } from '../../../shared/domain/draft/draft.ts';
import { type Plan, planClusters, planNodes } from '../../../shared/domain/plan.ts';
import type { PreflightReport } from '../../../shared/domain/preflight/finding.ts';
import { counted } from '../../../shared/domain/text.ts';
import type { EngineProcess } from '../../../shared/ports/store.ts';
import { estimateOf } from '../../common/estimates.ts';
import { makePlan } from '../../common/planning/make-plan.ts';
import { preflightLive } from '../../common/planning/preflight-live.ts';
import { selfOf } from '../../common/planning/self.ts';
import { carryRollout } from '../carry.ts';
import { engineElsewhere } from '../elsewhere.ts';
import { knownTimes } from '../estimates.ts';
import { CliError, EXIT } from '../exit.ts';
import { type PlaceOptions, redisPlace, withPlace } from '../options.ts';
import { type NarrowOptions, narrowOf, withFleetFile, withNarrow } from '../plan/narrow-options.ts';
import { asksServer, draftRefusal, placedOptions, planningOf, withDraft } from '../plan/on-server.ts';
import { showPlan } from '../plan/show-plan.ts';
import { refuseBlockers } from '../preflight/options.ts';
import { onlyBlockers, renderPreflight, warningsText } from '../render/preflight.ts';
import type { Session, Wiring } from '../wiring.ts';
import { confirm } from './confirm.ts';
import { refusalOf } from './plan.ts';
import { pickRollout, withSession } from './rollout.ts';

interface Options extends NarrowOptions, PlaceOptions {
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
  withPlace(withNarrow(withFleetFile(command))).action((options: Options) =>
    run(wiring, placedOptions(options, command)),
  );
}

async function run(wiring: Wiring, options: Options): Promise<void> {
  const onServer = asksServer(options, wiring.env);
  const plan = options.resume === undefined && !onServer ? await agreedPlan(wiring, options) : null;
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
      const id = await rolloutOf(wiring, session, plan, options);
      const place = placeWords(wiring, options);
      if (options.detach) return wiring.terminal.out(`to watch it: nodetide status -f ${id}${place}`);
      const past = options.resume === undefined ? [] : await session.rollouts.events(id);
      const knownUpTo = past.at(-1)?.id ?? '';
      await carryRollout(wiring, session, id, { plain, knownUpTo, place, engineStays: onServer });
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
    const times = await knownTimes(wiring, options, made.plan);
    showPlan(wiring, made.plan, estimateOf(made.plan, null, times, wiring.clock.now()));
    for (const note of made.notes) terminal.err(`note: ${note}`);
    const judged = await preflightLive(made.plan, wiring, interrupt.signal);
    if (judged.kind !== 'made') throw refusalOf(wiring, judged);
    passPreflight(wiring, made.plan, judged.report, options);
    return made.plan;
  } finally {
    forget();
  }
}

/** The engines that carry rollouts on a Redis of others; those on our own run on this machine. */
async function enginesThere(wiring: Wiring, options: Options): Promise<readonly EngineProcess[]> {
  if (redisPlace(options, wiring.env).redis === undefined) return [];
  return withSession(wiring, options, session => session.rollouts.engines(), { quiet: true });
}

/** Shows the blockers the preflight finds, and counts the rest; CliError when there are some that were not to be ignored. */
function passPreflight({ terminal }: Wiring, plan: Plan, report: PreflightReport, options: Options): void {
  const view = { width: terminal.size().columns, color: terminal.colour };
  if (report.blockers > 0) terminal.out(`\n${renderPreflight(plan, onlyBlockers(report), view)}`);
  if (report.warnings > 0) terminal.err(`note: ${warningsText(report)}; nodetide plan --preflight tells more`);
  if (!options.ignoreBlockers)
    refuseBlockers(report, '; nothing was started (--ignore-blockers starts it all the same)');
}

async function create(wiring: Wiring, session: Session, plan: Plan, options: Options): Promise<string> {
  await agree(wiring, plan, options);
  const id = await session.rollouts.create(plan, wiring.user, { takeOver: options.takeOver === true });
  wiring.terminal.out(`rollout ${id} is created`);
  return id;
}

async function agree(wiring: Wiring, plan: Plan, { yes }: Options): Promise<void> {
  const [nodes, clusters] = [planNodes(plan).length, planClusters(plan).length];
  const what = `Upgrade ${counted(nodes, 'node')} in ${counted(clusters, 'cluster')}?`;
  if (!yes) await confirm(wiring, what);
}

/** The rollout of a plan that a server makes, shown and agreed to. */
async function begin(wiring: Wiring, session: Session, options: Options): Promise<string> {
  const planning = planningOf(session);
  const work = async (draft: Draft): Promise<string> => {
    const { plan, preflight, estimate, notes } = draft;
    if (!plan) throw draftRefusal(wiring, draft);
    showPlan(wiring, plan, estimate);
    for (const note of notes) wiring.terminal.err(`note: ${note}`);
    if (preflight) passPreflight(wiring, plan, preflight, options);
    await agree(wiring, plan, options);
    const { takeOver = false, ignoreBlockers = false } = options;
    return planning.begin(draft.id, { takeOver, ignoreBlockers });
  };
  const request = { narrow: narrowOf(options), updates: false };
  const id = await withDraft(wiring, planning, request, { keep: true, work });
  wiring.terminal.out(`rollout ${id} is created`);
  return id;
}

/** The rollout to go on with: an earlier one, or a new one of `plan`, or of what the server plans. */
function rolloutOf(wiring: Wiring, session: Session, plan: Plan | null, options: Options): Promise<string> {
  if (options.resume !== undefined) return resumable(session, options);
  return plan ? create(wiring, session, plan, options) : begin(wiring, session, options);
}

async function resumable(session: Session, options: Options): Promise<string> {
  const { id, state } = await pickRollout(session.rollouts, options.resume);
  if (state === 'done' || state === 'aborted') throw new CliError(EXIT.badInput, `rollout ${id} has ended: ${state}`);
  return id;
}

/** The options that lead a later command to the same Redis; empty: it finds it by itself. */
function placeWords({ env }: Wiring, options: Options): string {
  if (options.redis !== undefined) return ' --redis URL';
  if (asksServer(options, env)) return options.server ? ` --server ${options.server}` : '';
  const { data } = redisPlace(options, env);
  return options.data === undefined ? '' : ` --data ${resolve(data)}`;
}
