import { type Job, WaitingChildrenError } from 'bullmq';
import { clusterJobId, waveJobId } from '../../../shared/domain/names.ts';
import type { PlanCluster } from '../../../shared/domain/plan.ts';
import type { EngineStore } from '../../../shared/ports/engine-store.ts';
import type { ClusterJob } from '../../../shared/queue/names.ts';
import type { SchedulerDeps } from '../deps.ts';
import { lookAgainLater } from '../look-again.ts';
import { awaitPlace, soakAdvance } from '../places.ts';
import { clusterAhead, planCluster } from '../plan-parts.ts';
import { treeHooks } from '../tree-hooks.ts';

const SETTLE_RETRY_MS = 1_000;

/** One cluster: its waves, one after another. */
export async function processCluster(deps: SchedulerDeps, job: Job<ClusterJob>, token?: string): Promise<void> {
  const { rollout, cluster: name } = job.data;
  const wake = await deps.store.wake(rollout);
  const cluster = await planCluster(deps.store, rollout, name);
  const later = (afterMs: number) => lookAgainLater(deps, job, token, rollout, wake, afterMs);
  const stage = await stageOf(deps.store, rollout, name);
  const ahead = clusterAhead(stage, cluster);
  if (!(await deps.store.hasMark(rollout, `cluster:${name}`))) {
    const wait =
      (await awaitPlace(deps, rollout, ahead)) ?? (await treeHooks(deps, job, { cluster, wave: null }, 'before'));
    if (wait !== null) return later(wait);
  }
  const opened = await deps.store.advance(rollout, {
    mark: `cluster:${name}`,
    requires: [`stage:${stage}`],
    kind: 'plain',
    event: { type: 'cluster-started', cluster: name },
    ...soakAdvance(ahead),
  });
  if (!opened.ok) return later(SETTLE_RETRY_MS);
  for (const wave of cluster.waves) {
    if (await deps.store.hasMark(rollout, `wave-done:${name}/${wave.index}`)) continue;
    const parent = { queue: 'cluster', id: clusterJobId(rollout, name) } as const;
    const data = { rollout, cluster: name, wave: wave.index };
    await deps.queues.addTreeJob('wave', waveJobId(rollout, name, wave.index), `${name} ${wave.name}`, data, parent);
    if (await job.moveToWaitingChildren(token ?? '')) throw new WaitingChildrenError();
    if (!(await deps.store.hasMark(rollout, `wave-done:${name}/${wave.index}`))) {
      return later(SETTLE_RETRY_MS);
    }
  }
  if (!(await deps.store.hasMark(rollout, `cluster-done:${name}`))) {
    const wait = await treeHooks(deps, job, { cluster, wave: null }, 'after');
    if (wait !== null) return later(wait);
  }
  const done = await closeCluster(deps.store, rollout, cluster);
  if (!done) return later(SETTLE_RETRY_MS);
}

async function stageOf(store: EngineStore, rollout: string, cluster: string): Promise<number> {
  const stages = (await store.plan(rollout))?.stages ?? [];
  return stages.findIndex(stage => stage.clusters.some(other => other.name === cluster));
}

async function closeCluster(store: EngineStore, rollout: string, cluster: PlanCluster): Promise<boolean> {
  const closed = await store.advance(rollout, {
    mark: `cluster-done:${cluster.name}`,
    requires: cluster.waves.map(wave => `wave-done:${cluster.name}/${wave.index}`),
    kind: 'plain',
    event: { type: 'cluster-done', cluster: cluster.name },
  });
  return closed.ok;
}
