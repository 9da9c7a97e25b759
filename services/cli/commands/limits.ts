import type { Command as Program } from 'commander';
import { placeText } from '../../../shared/domain/command.ts';
import { CliError, EXIT } from '../exit.ts';
import { wholeNumber } from '../options.ts';
import type { Wiring } from '../wiring.ts';
import { type ActOptions, actOn, withActOptions } from './act.ts';
import { findBudgetPlace, findWave } from './places.ts';

/** `nodetide concurrency CLUSTER/WAVE N`, `nodetide failure-budget [CLUSTER[/WAVE]] N`; raising either is asked about. */
export function register(program: Program, wiring: Wiring): void {
  const concurrency = program
    .command('concurrency')
    .description('change how many nodes of a wave may be away at once; fewer: no further node until it is below')
    .argument('<wave>', 'CLUSTER/WAVE; waves count from 1')
    .argument('<n>', 'at least 1', wholeNumber(1));
  withActOptions(concurrency, true).action((asked: string, wanted: number, options: ActOptions) =>
    actOn(wiring, options, status => {
      const { cluster, index, concurrency: now } = findWave(status, asked);
      const more = `more nodes of wave ${cluster}/${index + 1} are taken at once: ${wanted} instead of ${now}. Raise it?`;
      const commands = [{ kind: 'concurrency', cluster, wave: index, concurrency: wanted } as const];
      return { commands, ...(wanted > now ? { sure: more } : {}) };
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
      const more = `${placeText(place)} bears ${wanted} failures instead of ${now}: more nodes may fail. Raise it?`;
      const commands = [{ kind: 'failure-budget', place, budget: wanted } as const];
      return { commands, ...(now !== null && wanted > now ? { sure: more } : {}) };
    });
  });
}

function budgetOf(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new CliError(EXIT.usage, `a failure budget is a whole number, at least 0, not ${text}`);
}
