import type { Command } from 'commander';
import type { Draft, DraftRequest } from '../../../shared/domain/draft/draft.ts';
import { CliError, EXIT } from '../exit.ts';
import { type PlaceOptions, redisPlace } from '../options.ts';
import { planProblemLines } from '../render/problems.ts';
import type { ServerPlanning, Session, Wiring } from '../wiring.ts';

/** Options that say what is read on this machine. */
const READ_HERE = ['file', 'drain', 'snapshot'];
/** Nobody waits longer for what is only tidied up. */
const REMOVE_MS = 5_000;

/**
 * What of the world is asked here is said on the command line, and wins over the environment: the server is left out then.
 * CliError when `--server` is said as well.
 */
export function placedOptions<T extends PlaceOptions>(options: T, command: Command): T {
  const here = READ_HERE.find(name => command.getOptionValueSource(name) === 'cli');
  if (here === undefined) return options;
  if (!options.server) return { ...options, server: undefined };
  throw new CliError(EXIT.usage, `a server plans from the fleet file that it was started with: it knows no --${here}`);
}

/** Whether a server is asked, and no Redis. */
export function asksServer(options: PlaceOptions, env: Wiring['env']): boolean {
  return redisPlace(options, env).server !== undefined;
}

/** What plans for others. CliError when nothing does. */
export function planningOf({ planning, where }: Session): ServerPlanning {
  if (planning) return planning;
  throw new CliError(EXIT.badInput, `${where} makes no plans for others`);
}

/**
 * Has a server make a plan, or say why there is none, and does something with it. It is taken away again, but where
 * `keep` is set and all went well. An interrupt ends the waiting for it: CliError then.
 */
export async function withDraft<T>(
  wiring: Wiring,
  planning: ServerPlanning,
  request: DraftRequest,
  { keep, work }: { readonly keep: boolean; readonly work: (draft: Draft) => Promise<T> },
): Promise<T> {
  const interrupt = new AbortController();
  const forget = wiring.onInterrupt(() => interrupt.abort(new CliError(EXIT.interrupted, 'interrupted')));
  let id: string | null = null;
  let isKept = false;
  try {
    ({ id } = await planning.ask(request, interrupt.signal));
    const draft = await planning.made(id, interrupt.signal);
    forget();
    const answer = await work(draft);
    isKept = keep;
    return answer;
  } finally {
    forget();
    // One that stays, for the server does not answer either, goes by itself in a week.
    if (id !== null && !isKept) await planning.remove(id, AbortSignal.timeout(REMOVE_MS)).catch(() => undefined);
  }
}

/** Says why a server made no plan, and gives the error for the command to end with. */
export function draftRefusal({ terminal }: Wiring, { problems }: Pick<Draft, 'problems'>): CliError {
  for (const line of planProblemLines(problems)) terminal.err(line);
  // What is wrong with the fleet file is about no cluster that was asked.
  const isAway = ({ code, cluster }: Draft['problems'][number]) => cluster !== undefined && code.startsWith('cluster-');
  const away = problems.length > 0 && problems.every(isAway);
  const count = `${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}`;
  return new CliError(away ? EXIT.cannotConnect : EXIT.badInput, `nothing can be planned: ${count}`);
}
