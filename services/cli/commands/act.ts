import type { Command as Program } from 'commander';
import type { Command } from '../../../shared/domain/command.ts';
import type { RolloutStatus } from '../../../shared/domain/status.ts';
import { CliError, EXIT } from '../exit.ts';
import { withPlace } from '../options.ts';
import type { Rollouts, Wiring } from '../wiring.ts';
import { confirm } from './confirm.ts';
import { pickRollout, readStatus, withSession } from './rollout.ts';

/** Options of every command that acts on a rollout. */
export interface ActOptions {
  readonly redis?: string;
  readonly data?: string;
  readonly rollout?: string;
  readonly reason: string;
  readonly yes?: boolean;
}

/** What is to be done, one after another. `sure`: asked first, unless `--yes` was said. */
export interface Acts {
  readonly commands: readonly Command[];
  readonly sure?: string;
  /** Done once the commands were given, also when they were refused. */
  readonly afterwards?: (rollouts: Rollouts, id: string) => Promise<void>;
}

/** Adds the options of {@link ActOptions}; `asks`: also `--yes`. */
export function withActOptions(command: Program, asks: boolean): Program {
  withPlace(command)
    .option('--rollout <id>', 'its id or the beginning of it; default: the one that runs, else the latest')
    .option('--reason <text>', 'why, for the journal', '');
  return asks ? command.option('-y, --yes', 'do not ask') : command;
}

/**
 * Does what `acts` says of a rollout as it stands now. Notes go to stdout, refusals to stderr; CliError when one was
 * refused, after all were tried.
 */
export async function actOn(wiring: Wiring, options: ActOptions, acts: (status: RolloutStatus) => Acts): Promise<void> {
  const { terminal } = wiring;
  await withSession(wiring, options, async ({ rollouts }) => {
    const { id } = await pickRollout(rollouts, options.rollout);
    const { commands, sure, afterwards } = acts(await readStatus(rollouts, id));
    if (sure !== undefined && !options.yes) await confirm(wiring, `rollout ${id}, ${sure}`);
    let refused = 0;
    for (const command of commands) {
      const answer = await rollouts.command(id, command, wiring.user, options.reason);
      if (!answer.ok) refused += 1;
      if (answer.ok) terminal.out(answer.note);
      else terminal.err(`refused: ${answer.note}`);
    }
    if ((await rollouts.engines()).length === 0) {
      terminal.err(`no engine is running: \`nodetide run --resume ${id}\` or \`nodetide up\` goes on`);
    }
    await afterwards?.(rollouts, id);
    if (refused > 0) throw new CliError(EXIT.badInput, '');
  });
}
