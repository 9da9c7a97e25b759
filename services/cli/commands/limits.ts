import type { Command as Program } from 'commander';
import type { Command } from '../../../shared/domain/command.ts';
import { ACT_WORDS, raiseText } from '../../../shared/domain/words/act.ts';
import { CliError, EXIT } from '../exit.ts';
import { wholeNumber } from '../options.ts';
import type { Wiring } from '../wiring.ts';
import { type ActOptions, type Acts, actOn, withActOptions } from './act.ts';
import { findBudgetPlace, findWave } from './places.ts';

/** `nodetide concurrency CLUSTER/WAVE N`, `nodetide failure-budget [CLUSTER[/WAVE]] N`; raising either is asked about. */
export function register(program: Program, wiring: Wiring): void {
  const concurrency = program
    .command('concurrency')
    .description(ACT_WORDS.concurrency.does)
    .argument('<wave>', 'CLUSTER/WAVE; waves count from 1')
    .argument('<n>', 'at least 1', wholeNumber(1));
  withActOptions(concurrency, true).action((asked: string, wanted: number, options: ActOptions) =>
    actOn(wiring, options, status => {
      const { cluster, index, concurrency: now } = findWave(status, asked);
      return raising({ kind: 'concurrency', cluster, wave: index, concurrency: wanted }, now);
    }),
  );
  const budget = program
    .command('failure-budget')
    .description('change how many failures the rollout, a cluster or a wave bears before no further node is taken')
    .usage('[options] [CLUSTER[/WAVE]] N')
    .argument('<place-or-n>', 'CLUSTER or CLUSTER/WAVE; left out: the rollout as a whole')
    .argument('[n]', 'at least 0');
  withActOptions(budget, true).action((first: string, second: string | undefined, options: ActOptions) => {
    const wanted = budgetOf(second ?? first);
    return actOn(wiring, options, status => {
      const { place, now } = findBudgetPlace(status, second === undefined ? undefined : first);
      return raising({ kind: 'failure-budget', place, budget: wanted }, now);
    });
  });
}

/** Asked about when it raises a limit. */
function raising(command: Command, now: number | null): Acts {
  const more = raiseText(command, now);
  return { commands: [command], ...(more === null ? {} : { sure: `${more} Raise it?` }) };
}

function budgetOf(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new CliError(EXIT.usage, `a failure budget is a whole number, at least 0, not ${text}`);
}
