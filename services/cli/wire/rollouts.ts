import { hostname } from 'node:os';
import { stepJobId } from '../../../shared/domain/names.ts';
import type { EngineStore } from '../../../shared/ports/engine-store.ts';
import type { EngineProcess } from '../../../shared/ports/store.ts';
import type { Queues } from '../../../shared/queue/queues.ts';
import type { ApiParts } from '../../api/main.ts';
import { reckonPlan } from '../../common/estimates.ts';
import { newRolloutId } from '../../common/rollout-id.ts';
import { steer } from '../../common/steer.ts';
import { CliError, EXIT } from '../exit.ts';
import type { Rollouts } from '../wiring.ts';

/**
 * What the commands ask, answered by the store. `follower` is the same store on a connection that waits out a Redis that
 * is gone for a while.
 */
export function rolloutsOf(store: EngineStore, follower: EngineStore, queues: Queues): Rollouts & ApiParts['rollouts'] {
  return {
    list: () => store.list(),
    plan: id => store.plan(id),
    durations: cluster => store.durations(cluster),
    events: (id, after, limit) => store.events(id, after, limit),
    follow: (id, after, signal) => follower.follow(id, after, signal),
    engines: async () => (await store.engines()).filter(engine => !isKnownDead(engine)),
    create: async (plan, by, options) => {
      const nowMs = await store.now();
      const id = newRolloutId(nowMs);
      const answer = await store.create(id, plan, by, options.takeOver, await reckonPlan(store, plan, nowMs));
      if (answer.ok) return id;
      throw new CliError(
        EXIT.badInput,
        `cluster ${answer.cluster} is held by rollout ${answer.holder}: end that one first`,
      );
    },
    command: (id, command, by, why) => steer(store, queues, id, command, by, why),
    now: () => store.now(),
    nodeEvents: async (id, cluster, node) =>
      (await store.node(id, cluster, node)) && store.roundEvents(id, { cluster, node, round: 1 }),
    stepLog: async (id, { cluster, node, round, step }, from) => {
      const { logs } = await queues.queue(step).getJobLogs(stepJobId(id, cluster, node, round, step), from);
      return logs;
    },
  };
}

/**
 * Whether an engine that was heard of a moment ago is surely gone: killed on this machine, it cannot say goodbye, and
 * whoever resumes its rollout must not wait for it.
 */
function isKnownDead({ host, pid }: EngineProcess): boolean {
  if (host !== hostname()) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    // EPERM: it is alive, as another user's.
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
}
