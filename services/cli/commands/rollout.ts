import { foldStatus } from '../../../shared/domain/fold.ts';
import type { RolloutStatus } from '../../../shared/domain/status.ts';
import type { RolloutSummary } from '../../../shared/ports/store.ts';
import { CliError, EXIT, type ExitCode } from '../exit.ts';
import { type PlaceOptions, redisPlace } from '../options.ts';
import type { Rollouts, Session, SessionOptions, Wiring } from '../wiring.ts';

/** Opens the Redis, or the server, that the options name, runs `work` on it and closes it, whatever happens. */
export async function withSession<T>(
  wiring: Wiring,
  options: PlaceOptions,
  work: (session: Session) => Promise<T>,
  how: SessionOptions = { quiet: false },
): Promise<T> {
  const session = await wiring.openSession(redisPlace(options, wiring.env), how);
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}

/** The rollout asked for, by id or its unique beginning; none asked for: the latest that runs, else the latest. */
export async function pickRollout(rollouts: Rollouts, asked: string | undefined): Promise<RolloutSummary> {
  const all = (await rollouts.list()).toSorted((a, b) => b.createdAtMs - a.createdAtMs);
  if (asked === undefined) {
    const picked = all.find(each => each.state !== 'done' && each.state !== 'aborted') ?? all[0];
    if (!picked) throw new CliError(EXIT.badInput, 'there is no rollout yet; `nodetide run` starts one');
    return picked;
  }
  const matches = all.filter(each => each.id === asked || each.id.startsWith(asked));
  const exact = matches.find(each => each.id === asked) ?? (matches.length === 1 ? matches[0] : undefined);
  if (exact) return exact;
  const known = all.slice(0, 5).map(each => each.id);
  if (matches.length > 1) throw new CliError(EXIT.badInput, `${asked} is the beginning of ${matches.length} rollouts`);
  const hint = known.length > 0 ? `; there are: ${known.join(', ')}` : '';
  throw new CliError(EXIT.badInput, `there is no rollout ${asked}${hint}`);
}

/** The status of a rollout, from its plan and whole journal. */
export async function readStatus(rollouts: Rollouts, id: string): Promise<RolloutStatus> {
  const [plan, events] = await Promise.all([rollouts.plan(id), rollouts.events(id)]);
  if (!plan) throw new CliError(EXIT.badInput, `there is no rollout ${id}`);
  return foldStatus(plan, id, events);
}

/** The exit code a rollout's state stands for. One that still goes on counts as `done`: nothing is wrong. */
export function exitCodeOf(status: RolloutStatus): ExitCode {
  if (status.state === 'waiting-on-person') return EXIT.waiting;
  return status.state === 'aborted' ? EXIT.failed : EXIT.done;
}

/** The nodes an argument names, as `cluster/node` or `node`; CliError when there is none or several. */
export function findNode(status: RolloutStatus, asked: string): { cluster: string; node: string } {
  const nodes = Object.values(status.nodes);
  const matches = nodes.filter(each => each.node === asked || `${each.cluster}/${each.node}` === asked);
  const [first, ...others] = matches;
  if (!first) throw new CliError(EXIT.badInput, `rollout ${status.id} has no node ${asked}`);
  if (others.length > 0) {
    const names = matches.map(each => `${each.cluster}/${each.node}`).join(', ');
    throw new CliError(EXIT.badInput, `${asked} is in several clusters: say which one (${names})`);
  }
  return { cluster: first.cluster, node: first.node };
}
