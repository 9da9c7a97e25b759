import { CliError, EXIT } from '../exit.ts';
import type { Wiring } from '../wiring.ts';

/** Asks; CliError unless the answer is yes. Where nobody can be asked, `--yes` is needed. */
export async function confirm({ terminal }: Wiring, question: string): Promise<void> {
  if (!terminal.canAsk) throw new CliError(EXIT.badInput, 'nobody can be asked here: say --yes');
  const answer = await terminal.ask(`${question} [y/N] `);
  if (!/^y(es)?$/i.test(answer)) throw new CliError(EXIT.failed, 'nothing was done');
}
