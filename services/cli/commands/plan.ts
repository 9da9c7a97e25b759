import type { Command } from 'commander';
import type { Plan } from '../../../shared/domain/plan.ts';
import { CliError, EXIT } from '../exit.ts';
import { type OutputFormat, withOutput } from '../options.ts';
import { printData } from '../output.ts';
import { type MadePlan, makePlan } from '../plan/make-plan.ts';
import { type NarrowOptions, narrowOf, withFleetFile, withNarrow } from '../plan/narrow-options.ts';
import { type Due, dueText, probePlan } from '../plan/probe.ts';
import { renderPlan } from '../render/plan.ts';
import { renderRefusal } from '../render/problems.ts';
import type { Wiring } from '../wiring.ts';

interface Options extends NarrowOptions {
  readonly file: string;
  readonly output: OutputFormat;
  readonly probe?: boolean;
}

/** `nodetide plan` */
export function register(program: Command, wiring: Wiring): void {
  const command = program
    .command('plan')
    .description('show what a rollout would do, in which order; changes nothing')
    .option('--probe', 'ask every host what there is to upgrade and whether a reboot is due (refreshes package lists)');
  withOutput(withNarrow(withFleetFile(command))).action(async (options: Options) => {
    const interrupt = new AbortController();
    const stop = wiring.onInterrupt(() => interrupt.abort(new CliError(EXIT.interrupted, 'interrupted')));
    try {
      await showPlan(wiring, options, interrupt.signal);
    } finally {
      stop();
    }
  });
}

async function showPlan(wiring: Wiring, options: Options, signal: AbortSignal): Promise<void> {
  const { terminal, clock } = wiring;
  const connectClusters = () => wiring.connectClusters();
  const made = await makePlan({ fleetFile: options.file, narrow: narrowOf(options), connectClusters, clock, signal });
  const due = options.probe && made.kind === 'planned' ? await askHosts(wiring, made.plan, signal) : null;
  if (options.output !== 'table') await printData(terminal, options.output, dataOf(made, due));
  if (made.kind !== 'planned') throw refusalOf(wiring, made);
  if (options.output === 'table') {
    const byNode = new Map((due ?? []).map(each => [`${each.cluster}/${each.node}`, dueText(each)]));
    const dueOf = (node: { cluster: string; name: string }) => byNode.get(`${node.cluster}/${node.name}`) ?? '';
    const view = { width: terminal.size().columns, color: terminal.colour, due: dueOf };
    terminal.out(renderPlan(made.plan, view));
  }
  for (const note of made.notes) terminal.err(`note: ${note}`);
  const silent = (due ?? []).filter(each => each.failure !== null).length;
  if (silent > 0)
    throw new CliError(EXIT.cannotConnect, `${silent} ${silent === 1 ? 'host' : 'hosts'} cannot be asked`);
}

async function askHosts(wiring: Wiring, plan: Plan, signal: AbortSignal): Promise<Due[]> {
  const [connect, probe] = await Promise.all([wiring.connectHosts(), wiring.openProbe()]);
  return probePlan(plan, connect, probe, signal);
}

function dataOf(made: MadePlan, due: readonly Due[] | null): unknown {
  if (made.kind === 'planned') return { plan: made.plan, problems: [], notes: made.notes, ...(due ? { due } : {}) };
  const problems = made.kind === 'unreachable' ? made.failures : made.problems;
  return { plan: null, problems, notes: made.kind === 'refused' ? made.notes : [] };
}

/** Says why there is no plan, and gives the error for the command to end with. */
export function refusalOf({ terminal }: Wiring, made: Exclude<MadePlan, { kind: 'planned' }>): CliError {
  const { lines, summary } = renderRefusal(made);
  for (const line of lines) terminal.err(line);
  return new CliError(made.kind === 'unreachable' ? EXIT.cannotConnect : EXIT.badInput, summary);
}
