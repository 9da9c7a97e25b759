import { resolve } from 'node:path';
import type { Command } from 'commander';
import { showProblem } from '../../../shared/config/problem.ts';
import type { Fleet } from '../../../shared/domain/fleet.ts';
import { CliError, EXIT } from '../exit.ts';
import type { SchedulerOptions, Wiring } from '../wiring.ts';

/** The option as commander gives it. */
export interface ScheduleFlags {
  readonly file?: string;
}

/** Adds `-f, --file` to a command that runs a scheduler. */
export function withSchedules(command: Command): Command {
  return command.option('-f, --file <path>', 'begin the rollouts that this fleet file schedules');
}

/** Whose schedules a scheduler keeps. CliError when the fleet file is wrong. */
export async function schedulesToKeep(
  { terminal }: Pick<Wiring, 'terminal'>,
  { file }: ScheduleFlags,
): Promise<NonNullable<SchedulerOptions['schedules']>> {
  if (file === undefined) return { fleetFile: null };
  await fleetOf(terminal, file);
  return { fleetFile: resolve(file) };
}

/** The fleet of a file. CliError when it is wrong, with all problems told. */
export async function fleetOf(terminal: Wiring['terminal'], file: string): Promise<Fleet> {
  const { loadFleet } = await import('../../../shared/config/load.ts');
  const { fleet, problems } = loadFleet(file);
  if (fleet) return fleet;
  for (const problem of problems) terminal.err(showProblem(problem));
  throw new CliError(
    EXIT.badInput,
    `${file} has ${problems.length === 1 ? '1 problem' : `${problems.length} problems`}`,
  );
}
