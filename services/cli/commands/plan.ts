import type { Command } from 'commander';
import { CliError, EXIT } from '../exit.ts';
import { type OutputFormat, withOutput } from '../options.ts';
import { printData } from '../output.ts';
import { type MadePlan, makePlan } from '../plan/make-plan.ts';
import { type NarrowOptions, narrowOf, withFleetFile, withNarrow } from '../plan/narrow-options.ts';
import { renderPlan } from '../render/plan.ts';
import { renderRefusal } from '../render/problems.ts';
import type { Wiring } from '../wiring.ts';

interface Options extends NarrowOptions {
  readonly file: string;
  readonly output: OutputFormat;
}

/** `nodetide plan` */
export function register(program: Command, wiring: Wiring): void {
  const command = program.command('plan').description('show what a rollout would do, in which order; changes nothing');
  withOutput(withNarrow(withFleetFile(command))).action(async (options: Options) => {
    const interrupt = new AbortController();
    const stop = wiring.onInterrupt(() => interrupt.abort(new CliError(EXIT.interrupted, 'interrupted')));
    try {
      const request = {
        fleetFile: options.file,
        narrow: narrowOf(options),
        connectClusters: () => wiring.connectClusters(),
        clock: wiring.clock,
        signal: interrupt.signal,
      };
      await print(wiring, options.output, await makePlan(request));
    } finally {
      stop();
    }
  });
}

async function print(wiring: Wiring, output: OutputFormat, made: MadePlan): Promise<void> {
  const { terminal } = wiring;
  if (output !== 'table') await printData(terminal, output, dataOf(made));
  if (made.kind !== 'planned') throw refusalOf(wiring, made);
  if (output === 'table') {
    terminal.out(renderPlan(made.plan, { width: terminal.size().columns, color: terminal.colour }));
  }
  for (const note of made.notes) terminal.err(`note: ${note}`);
}

function dataOf(made: MadePlan): unknown {
  if (made.kind === 'planned') return { plan: made.plan, problems: [], notes: made.notes };
  const problems = made.kind === 'unreachable' ? made.failures : made.problems;
  return { plan: null, problems, notes: made.kind === 'refused' ? made.notes : [] };
}

/** Says why there is no plan, and gives the error for the command to end with. */
export function refusalOf({ terminal }: Wiring, made: Exclude<MadePlan, { kind: 'planned' }>): CliError {
  const { lines, summary } = renderRefusal(made);
  for (const line of lines) terminal.err(line);
  return new CliError(made.kind === 'unreachable' ? EXIT.cannotConnect : EXIT.badInput, summary);
}
