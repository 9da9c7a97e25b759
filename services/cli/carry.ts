import { failureOf } from '../../shared/domain/failure.ts';
import type { RolloutStatus } from '../../shared/domain/status.ts';
import { duration } from '../../shared/domain/time/show.ts';
import { exitCodeOf, readStatus } from './commands/rollout.ts';
import { engineElsewhere } from './elsewhere.ts';
import { startEngine, stopAtSafePoint, stopRunning } from './engine.ts';
import { CliError, EXIT } from './exit.ts';
import { followRollout } from './follow.ts';
import { leftNodesText } from './render/left-nodes.ts';
import { leftLines } from './render/node-state.ts';
import type { Running, Session, Wiring } from './wiring.ts';

/**
 * Follows a rollout to its end. Where no engine is alive, this process carries one meanwhile, and an interrupt stops
 * it at a safe point; else an interrupt only stops watching. CliError with the code of how it ended, unless done.
 */
export async function carryRollout(
  wiring: Wiring,
  session: Session,
  id: string,
  options: {
    readonly plain: boolean;
    /** Words that lead a later command to this Redis, with a leading space; empty: none are needed. */
    readonly place: string;
    /** False: nothing of it is kept, so it cannot be gone on with later. Default true. */
    readonly keeps?: boolean;
    /** An engine runs beside and stays: as if it ran elsewhere. Default false. */
    readonly engineStays?: boolean;
    /** Events up to this one are known already and not printed. */
    readonly knownUpTo?: string;
  },
): Promise<void> {
  const { terminal } = wiring;
  const elsewhere = options.engineStays === true || (await engineElsewhere(wiring, session));
  const stop = new AbortController();
  const forget = wiring.onInterrupt(() => stop.abort());
  try {
    const engine = elsewhere ? null : await startEngine(session);
    const what = elsewhere ? 'stops watching; the rollout goes on' : 'stops at a safe point';
    const footer = () => `Ctrl-C ${what}`;
    const { plain, knownUpTo } = options;
    const end = { plain, ...(knownUpTo && { knownUpTo }), rollout: id, signal: stop.signal, footer };
    const status = await followThenStop(wiring, session, engine, end);
    const over = status.state === 'done' || status.state === 'aborted' || status.state === 'waiting-on-person';
    if (over) return conclude(wiring, status, elsewhere, options.place);
    if (elsewhere) terminal.out(`the rollout goes on; to watch it again: nodetide status -f ${id}${options.place}`);
    else if (options.keeps !== false) explainStop(wiring, status, options.place);
    throw new CliError(EXIT.interrupted, '');
  } finally {
    forget();
  }
}

async function followThenStop(
  wiring: Wiring,
  session: Session,
  engine: Running | null,
  options: Parameters<typeof followRollout>[2],
): Promise<RolloutStatus> {
  let status: RolloutStatus;
  try {
    status = await followRollout(wiring, session.rollouts, options);
  } catch (error) {
    if (engine) await stopAtSafePoint(wiring, session, engine);
    throw error;
  }
  if (!engine) return status;
  // What is known of it is told, whatever becomes of Redis now; nothing is in flight once it is over.
  const [stop, about] = options.signal.aborted
    ? ([stopAtSafePoint, ''] as const)
    : ([stopRunning, `rollout ${status.id} ${status.state}; `] as const);
  const say = (text: string) => wiring.terminal.err(`${about}${text}`);
  await stop(wiring, session, engine, say).catch((error: unknown) => say(failureOf(error).message));
  return readStatus(session.rollouts, options.rollout).catch((error: unknown) => {
    say(`${failureOf(error).message}: what follows is what was last seen of it`);
    return status;
  });
}

/** Says how it ended; throws the exit code unless it is done. */
function conclude({ terminal }: Wiring, status: RolloutStatus, elsewhere: boolean, place: string): void {
  const { id, state, counts, nodes } = status;
  const code = exitCodeOf(status);
  if (code === EXIT.waiting) {
    terminal.err(`rollout ${id} waits for a person:`);
    for (const line of leftLines(status, terminal.size().columns)) terminal.err(line);
    terminal.err('When it is mended:');
    terminal.err(`  nodetide retry NODE${place}`);
    terminal.err(`  nodetide skip NODE${place}    # gives it up`);
    if (!elsewhere) {
      terminal.err('Then, to go on:');
      terminal.err(`  nodetide run --resume ${id}${place}`);
    }
  } else {
    const took = duration((status.endedAtMs ?? status.createdAtMs) - (status.startedAtMs ?? status.createdAtMs));
    const rest = [`${counts.skipped} skipped`, `${counts.excluded} excluded`, `${counts.aborted} aborted`];
    const others = rest.filter(each => !each.startsWith('0 ')).map(each => `, ${each}`);
    const summary = `${counts.done} of ${Object.keys(nodes).length} nodes done${others.join('')}`;
    terminal.out(`rollout ${id} ${state} in ${took}: ${summary}`);
    for (const line of leftNodesText(status, terminal)) terminal.out(line);
  }
  if (code !== EXIT.done) throw new CliError(code, '');
}

function explainStop({ terminal }: Wiring, status: RolloutStatus, place: string): void {
  const left = leftLines(status, terminal.size().columns);
  terminal.out(`rollout ${status.id} is stopped, not ended; nothing new begins.`);
  if (left.length > 0) terminal.out('Nodes on their way:');
  for (const line of left) terminal.out(line);
  terminal.out(`To go on: nodetide run --resume ${status.id}${place}, or nodetide up${place}`);
}
