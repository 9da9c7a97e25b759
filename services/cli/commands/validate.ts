import type { Command } from 'commander';
import { showProblem } from '../../../shared/config/problem.ts';
import { type Fleet, fleetClusters } from '../../../shared/domain/fleet.ts';
import { CliError, EXIT } from '../exit.ts';
import { type OutputFormat, withOutput } from '../options.ts';
import { printData } from '../output.ts';
import { withFleetFile } from '../plan/narrow-options.ts';
import type { Wiring } from '../wiring.ts';

/** `nodetide validate` */
export function register(program: Command, { terminal }: Wiring): void {
  const command = program
    .command('validate')
    .description('check the fleet file and the files it names; asks no cluster');
  withOutput(withFleetFile(command)).action(async ({ file, output }: { file: string; output: OutputFormat }) => {
    const { loadFleet } = await import('../../../shared/config/load.ts');
    const { fleet, problems } = loadFleet(file);
    if (output !== 'table') await printData(terminal, output, { valid: fleet !== null, problems });
    else if (fleet) terminal.out(`${file} is valid: ${summary(fleet)}`);
    else for (const problem of problems) terminal.out(showProblem(problem));
    const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
    if (!fleet) throw new CliError(EXIT.badInput, `${file} has ${count}`);
  });
}

function summary(fleet: Fleet): string {
  const clusters = fleetClusters(fleet).length;
  const stages = fleet.stages.map(stage => stage.name).join(', ');
  return `fleet ${fleet.name}, ${clusters} ${clusters === 1 ? 'cluster' : 'clusters'} in stages ${stages}`;
}
