import { overdueRollouts, type Retention } from '../../shared/domain/retention.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { EngineStore } from '../../shared/ports/engine-store.ts';
import type { RetentionStore } from '../../shared/ports/retention.ts';
import type { Queues } from '../../shared/queue/queues.ts';
import type { ServiceLog } from '../common/log.ts';

/** Between two looks at what there is to remove. */
const LOOK_MS = 60_000;

/** What removing rollouts needs. */
export interface RetentionDeps {
  readonly store: Pick<EngineStore, 'list' | 'holds' | 'now'>;
  readonly queues: Pick<Queues, 'removeJobs'>;
  readonly retention: RetentionStore;
  /** Rollouts of which people are not told everything yet; missing: nobody is told. */
  readonly untold?: (() => Promise<readonly string[]>) | undefined;
  readonly keep: Retention;
  readonly clock: Clock;
  readonly log: ServiceLog;
  /** Ends it between two acts. */
  readonly signal: AbortSignal;
}

/**
 * Removes the rollouts that have been kept long enough, after it has finished what was begun before. Any number of
 * schedulers may do it at the same time, and it may be cut off anywhere. Returns the ids of those that are gone.
 */
export async function removeOverdue(deps: RetentionDeps): Promise<string[]> {
  const { store, retention, keep } = deps;
  const gone: string[] = [];
  for (const id of await retention.retired()) if (await tryRemove(deps, id)) gone.push(id);
  const [rollouts, holds, untold, nowMs] = await Promise.all([
    store.list(),
    store.holds(),
    deps.untold?.() ?? [],
    store.now(),
  ]);
  const needed = new Set([...Object.values(holds).map(({ rollout }) => rollout), ...untold]);
  for (const id of overdueRollouts(rollouts, keep, needed, nowMs)) {
    if ((await retention.retire(id)) && (await tryRemove(deps, id))) gone.push(id);
  }
  return gone;
}

/** One that cannot be removed must not keep the others from it: it stays retired, and is for the next time. */
async function tryRemove(deps: RetentionDeps, id: string): Promise<boolean> {
  return remove(deps, id).catch((error: unknown) => {
    deps.signal.throwIfAborted();
    deps.log.warn({ rollout: id, error: String(error) }, 'an old rollout could not be removed');
    return false;
  });
}

/** Takes a retired rollout away; false: a worker still has one of its jobs, so that it is for the next time. */
async function remove({ retention, queues, log, signal }: RetentionDeps, id: string): Promise<boolean> {
  signal.throwIfAborted();
  if ((await queues.removeJobs(id, await retention.parts(id), signal)) > 0) return false;
  await retention.forget(id);
  log.info({ rollout: id }, 'a rollout was kept long enough and is removed');
  return true;
}

/** Looks every minute until the signal aborts. */
export async function keepRemoving(deps: RetentionDeps): Promise<void> {
  while (!deps.signal.aborted) {
    await removeOverdue(deps).catch((error: unknown) => {
      if (!deps.signal.aborted) deps.log.warn({ error: String(error) }, 'old rollouts could not be removed');
    });
    await deps.clock.sleep(LOOK_MS, deps.signal).catch(() => undefined);
  }
}
