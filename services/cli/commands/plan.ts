import type { Command } from 'commander';
import type { Draft } from '../../../shared/domain/draft/draft.ts';
import type { Estimate } from '../../../shared/domain/estimate/estimate.ts';
import type { Plan } from '../../../shared/domain/plan.ts';
import type { PreflightReport } from '../../../shared/domain/preflight/finding.ts';
import { preflight } from '../../../shared/domain/preflight/preflight.ts';
import { estimateOf } from '../../common/estimates.ts';
import { dueText, isSilent } from '../../common/planning/due-text.ts';
import { type MadePlan, makePlan } from '../../common/planning/make-plan.ts';
import { preflightLive } from '../../common/planning/preflight-live.ts';
import { type Due, probePlan } from '../../common/planning/probe.ts';
import { selfOf } from '../../common/planning/self.ts';
import { knownTimes } from '../estimates.ts';
import { CliError, EXIT } from '../exit.ts';
import { type OutputFormat, type PlaceOptions, withOutput, withPlace } from '../options.ts';
import { printData } from '../output.ts';
import { type NarrowOptions, narrowOf, withFleetFile, withNarrow } from '../plan/narrow-options.ts';
import { asksServer, draftRefusal, placedOptions, planningOf, withDraft } from '../plan/on-server.ts';
import { type DrainQuestion, showDrain } from '../plan/show-drain.ts';
import { showPlan } from '../plan/show-plan.ts';
import { refuseBlockers, snapshotRequest, withPreflight } from '../preflight/options.ts';
import { renderPreflight } from '../render/preflight.ts';
import { renderRefusal } from '../render/problems.ts';
import { renderUpdates } from '../render/updates.ts';
import type { Snapshots, Wiring } from '../wiring.ts';
import { withSession } from './rollout.ts';

interface Options extends NarrowOptions, PlaceOptions {
  readonly file: string;
  readonly output: OutputFormat;
  readonly updates?: boolean;
  readonly drain?: string;
  readonly preflight?: boolean;
  readonly snapshot?: readonly string[];
}

/** What is known of a plan besides. */
interface Found {
  readonly due: readonly Due[] | null;
  readonly report: PreflightReport | null;
  readonly left: Estimate | null;
}

/** `nodetide plan` */
export function register(program: Command, wiring: Wiring): void {
  const command = program
    .command('plan')
    .description('show what a rollout would do, in which order; changes nothing')
    .option(
      '--updates',
      'ask every host which packages it would get and whether a reboot is due (refreshes package lists)',
    )
    .option(
      '--drain <node>',
      'show instead what a drain of this node (NODE or CLUSTER/NODE) would do with each pod now',
    );
  withPlace(withOutput(withPreflight(withNarrow(withFleetFile(command))))).action(async (given: Options) => {
    const options = placedOptions(given, command);
    if (asksServer(options, wiring.env)) return planOnServer(wiring, options);
    const interrupt = new AbortController();
    const stop = wiring.onInterrupt(() => interrupt.abort(new CliError(EXIT.interrupted, 'interrupted')));
    try {
      await (options.drain === undefined ? planHere : showOneDrain)(wiring, options, interrupt.signal);
    } finally {
      stop();
    }
  });
}

async function showOneDrain(wiring: Wiring, { file, drain, output }: Options, signal: AbortSignal): Promise<void> {
  const refusal: DrainQuestion['refusal'] = made => refusalOf(wiring, made);
  await showDrain(wiring, { fleetFile: file, node: drain ?? '', output, refusal }, signal);
}

async function planHere(wiring: Wiring, options: Options, signal: AbortSignal): Promise<void> {
  const { terminal } = wiring;
  const { made, snapshots } = await planFrom(wiring, options, signal);
  const plan = made.kind === 'planned' ? made.plan : null;
  const due = options.updates && plan ? await askHosts(wiring, plan, signal) : null;
  const report = options.preflight && plan ? await preflightOf(wiring, plan, snapshots, signal) : null;
  const left = plan ? estimateOf(plan, null, await knownTimes(wiring, options, plan), wiring.clock.now()) : null;
  if (options.output !== 'table') await printData(terminal, options.output, dataOf(made, { due, report, left }));
  if (made.kind !== 'planned') throw refusalOf(wiring, made);
  if (options.output === 'table') showTable(wiring, made.plan, { due, report, left });
  for (const note of [...made.notes, ...(snapshots?.notes ?? [])]) terminal.err(`note: ${note}`);
  refuseSilent((due ?? []).filter(each => each.failure !== null).length);
  if (report) refuseBlockers(report);
}

/** The same of a plan that a server makes. */
async function planOnServer(wiring: Wiring, options: Options): Promise<void> {
  const { terminal } = wiring;
  const request = { narrow: narrowOf(options), updates: options.updates === true };
  const work = async (draft: Draft): Promise<void> => {
    const { plan, problems, notes, due, estimate } = draft;
    const report = options.preflight ? draft.preflight : null;
    const more = {
      ...(request.updates && { due }),
      ...(report && { preflight: report }),
      ...(estimate && { estimate }),
    };
    if (options.output !== 'table') await printData(terminal, options.output, { plan, problems, notes, ...more });
    if (!plan) throw draftRefusal(wiring, draft);
    if (options.output === 'table') {
      showPlan(wiring, plan, estimate, due);
      if (report) showReport(wiring, plan, report);
    }
    for (const note of notes) terminal.err(`note: ${note}`);
    refuseSilent(Object.values(due).filter(isSilent).length);
    if (report) refuseBlockers(report);
  };
  await withSession(wiring, options, session => withDraft(wiring, planningOf(session), request, { keep: false, work }));
}

/** CliError when so many hosts gave no answer. */
function refuseSilent(hosts: number): void {
  if (hosts > 0) throw new CliError(EXIT.cannotConnect, `${hosts} ${hosts === 1 ? 'host' : 'hosts'} cannot be asked`);
}

/** The plan, from the clusters or from their snapshots. */
async function planFrom(wiring: Wiring, options: Options, signal: AbortSignal) {
  const { clock } = wiring;
  const narrow = narrowOf(options);
  const words = options.snapshot ?? [];
  if (words.length === 0) {
    const connectClusters = () => wiring.connectClusters();
    return {
      made: await makePlan({
        fleetFile: options.file,
        narrow,
        connectClusters,
        clock,
        signal,
        self: selfOf(wiring.env),
      }),
      snapshots: null,
    };
  }
  const { load, connectClusters, opened } = snapshotRequest(wiring, words, narrow.clusters);
  const made = await makePlan({ fleetFile: options.file, narrow, load, connectClusters, clock, signal });
  return { made, snapshots: opened() };
}

async function preflightOf(
  wiring: Wiring,
  plan: Plan,
  snapshots: Snapshots | null,
  signal: AbortSignal,
): Promise<PreflightReport> {
  if (snapshots) return preflight(plan, snapshots.facts);
  const made = await preflightLive(plan, wiring, signal);
  if (made.kind === 'made') return made.report;
  throw refusalOf(wiring, made);
}

function showTable(wiring: Wiring, plan: Plan, { due, report, left }: Found): void {
  const { terminal } = wiring;
  const texts = (due ?? []).map(each => [`${each.cluster}/${each.node}`, dueText(each)] as const);
  showPlan(wiring, plan, left, Object.fromEntries(texts));
  const view = { width: terminal.size().columns, color: terminal.colour };
  if (due) terminal.out(`\n${renderUpdates(due, view)}`);
  if (report) showReport(wiring, plan, report);
}

function showReport({ terminal }: Wiring, plan: Plan, report: PreflightReport): void {
  const view = { width: terminal.size().columns, color: terminal.colour };
  terminal.out(`\n${renderPreflight(plan, report, view)}`);
}

async function askHosts(wiring: Wiring, plan: Plan, signal: AbortSignal): Promise<Due[]> {
  const [connect, probe] = await Promise.all([wiring.connectHosts(), wiring.openProbe()]);
  return probePlan(plan, connect, probe, signal);
}

function dataOf(made: MadePlan, { due, report, left }: Found): unknown {
  if (made.kind === 'planned') {
    const more = {
      ...(due ? { due } : {}),
      ...(report ? { preflight: report } : {}),
      ...(left ? { estimate: left } : {}),
    };
    return { plan: made.plan, problems: [], notes: made.notes, ...more };
  }
  const problems = made.kind === 'unreachable' ? made.failures : made.problems;
  return { plan: null, problems, notes: made.kind === 'refused' ? made.notes : [] };
}

/** Says why there is no plan, and gives the error for the command to end with. */
export function refusalOf({ terminal }: Wiring, made: Exclude<MadePlan, { kind: 'planned' }>): CliError {
  const { lines, summary } = renderRefusal(made);
  for (const line of lines) terminal.err(line);
  return new CliError(made.kind === 'unreachable' ? EXIT.cannotConnect : EXIT.badInput, summary);
}
