import { resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { showProblem } from '../../../shared/config/problem.ts';
import type { Fleet } from '../../../shared/domain/fleet.ts';
import { CliError, EXIT } from '../exit.ts';
import type { SchedulerOptions, Wiring } from '../wiring.ts';

/** The option as commander gives it. */
export interface ScheduleFlags {
  readonly file?: string;
  /** ms. */
  readonly surveyEvery?: number;
}

/** Adds `-f, --file` and `--survey-every` to a command that runs a scheduler. */
export function withSchedules(command: Command): Command {
  return command
    .option('-f, --file <path>', 'begin the rollouts that this fleet file schedules, and make plans of it for others')
    .option(
      '--survey-every <span>',
      'ask its hosts so often what there is to do: 6h, 0 for never; default: 6h',
      spanMs,
    );
}

const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

function spanMs(text: string): number {
  if (text === '0') return 0;
  const [, count = '', unit = ''] = /^(\d{1,4})([mhd])$/.exec(text) ?? [];
  const ms = Number(count) * (UNIT_MS[unit] ?? 0);
  if (ms > 0) return ms;
  throw new InvalidArgumentError('A number of minutes, hours or days is needed, such as 30m, 6h or 1d; 0: never.');
}

/** Whose schedules a scheduler keeps. CliError when the fleet file is wrong. */
export async function schedulesToKeep(
  { terminal }: Pick<Wiring, 'terminal'>,
  { file, surveyEvery }: ScheduleFlags,
): Promise<NonNullable<SchedulerOptions['schedules']>> {
  if (file === undefined) {
    if (surveyEvery) throw new CliError(EXIT.usage, '--survey-every asks the hosts of a fleet file: say -f FILE too');
    return { fleetFile: null };
  }
  await fleetOf(terminal, file);
  return { fleetFile: resolve(file), ...(surveyEvery === undefined ? {} : { surveyEveryMs: surveyEvery }) };
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
