import { type Job, WaitingChildrenError } from 'bullmq';
import { clusterJobId, nodeKey } from '../../../shared/domain/names.ts';
import { type Plan, type PlanCluster, type PlanStage, planClusters, planNodes } from '../../../shared/domain/plan.ts';
import type { RolloutMeta } from '../../../shared/ports/engine-store.ts';
import type { RolloutJob } from '../../../shared/queue/names.ts';
import type { SchedulerDeps } from '../deps.ts';
import { lookAgainLater } from '../look-again.ts';
import { awaitPlace, soakAdvance } from '../places.ts';
import { stageAhead } from '../plan-parts.ts';

const RELEASE_MS = 10_000;
const LEASE_RETRY_MS = 5_000;
const SETTLE_RETRY_MS = 1_000;

/** The root of the tree: takes all clusters or none, then goes stage by stage, then ends the rollout. */
export async function processRollout(deps: SchedulerDeps, job: Job<RolloutJob>, token?: string): Promise<void> {
  const { rollout } = job.data;
  const wake = await deps.store.wake(rollout);
  const [plan, meta] = await Promise.all([deps.store.plan(rollout), deps.store.meta(rollout)]);
  if (!plan || !meta) throw new Error(`rollout ${rollout} is not in the store`);
  if (meta.state === 'done' || meta.state === 'aborted') return releaseAll(deps, plan, rollout, meta);
  if (meta.state !== 'aborting' && !(await deps.store.hasMark(rollout, 'started'))) {
    if (!(await takeClusters(deps, plan, rollout, meta))) {
      return lookAgainLater(deps, job, token, rollout, wake, LEASE_RETRY_MS);
    }
    const event = { type: 'rollout-started' } as const;
    await deps.store.advance(rollout, { mark: 'started', requires: [], kind: 'plain', event });
  }
  for (const [index, stage] of plan.stages.entries()) {
    if (await deps.store.hasMark(rollout, `stage-done:${index}`)) continue;
    if (await abortedBefore(deps, rollout, `stage:${index}`)) break;
    const wait = await openStage(deps, rollout, plan, index);
    if (wait !== null) return lookAgainLater(deps, job, token, rollout, wake, wait);
    if (await job.moveToWaitingChildren(token ?? '')) throw new WaitingChildrenError();
    if (!(await closeStage(deps, rollout, index, stage))) {
      return lookAgainLater(deps, job, token, rollout, wake, SETTLE_RETRY_MS);
    }
  }
  const ended = await deps.store.advance(rollout, {
    mark: 'ended',
    requires: [],
    kind: 'end',
    event: { type: 'rollout-ended', outcome: 'done' },
    keys: planNodes(plan).map(node => nodeKey(node.cluster, node.name)),
    clusters: planClusters(plan).map(cluster => cluster.name),
  });
  if (!ended.ok) return lookAgainLater(deps, job, token, rollout, wake, SETTLE_RETRY_MS);
  await releaseAll(deps, plan, rollout, meta);
}

/** Whether an abort came before this part was begun: then there is nothing to begin. */
async function abortedBefore(deps: SchedulerDeps, rollout: string, mark: string): Promise<boolean> {
  const meta = await deps.store.meta(rollout);
  return meta?.state === 'aborting' && !(await deps.store.hasMark(rollout, mark));
}

/** Returns ms until the next look; null: it is open, with a job for each of its clusters. */
async function openStage(deps: SchedulerDeps, rollout: string, plan: Plan, index: number): Promise<number | null> {
  const stage = plan.stages[index];
  if (!stage) throw new Error(`the plan of ${rollout} has no stage ${index}`);
  const ahead = stageAhead(plan, index);
  if (!(await deps.store.hasMark(rollout, `stage:${index}`))) {
    const wait = await awaitPlace(deps, rollout, ahead);
    if (wait !== null) return wait;
  }
  const opened = await deps.store.advance(rollout, {
    mark: `stage:${index}`,
    requires: index === 0 ? ['started'] : [`stage-done:${index - 1}`],
    kind: 'plain',
    event: { type: 'stage-started', stage: stage.name },
    ...soakAdvance(ahead),
  });
  if (!opened.ok) return SETTLE_RETRY_MS;
  for (const cluster of stage.clusters) {
    const data = { rollout, cluster: cluster.name };
    const parent = { queue: 'rollout', id: rollout } as const;
    await deps.queues.addTreeJob('cluster', clusterJobId(rollout, cluster.name), cluster.name, data, parent);
  }
  return null;
}

async function closeStage(deps: SchedulerDeps, rollout: string, index: number, stage: PlanStage): Promise<boolean> {
  const closed = await deps.store.advance(rollout, {
    mark: `stage-done:${index}`,
    requires: stage.clusters.map(cluster => `cluster-done:${cluster.name}`),
    kind: 'plain',
    event: { type: 'stage-done', stage: stage.name },
  });
  return closed.ok;
}

/** Takes the Leases of all clusters, or gives back those it got. Every obstacle is told. */
async function takeClusters(deps: SchedulerDeps, plan: Plan, rollout: string, meta: RolloutMeta): Promise<boolean> {
  const holder = { installation: meta.installation, rollout };
  const hold = async (cluster: PlanCluster) => deps.leases.hold(cluster, holder, deps.signal, meta.takeOver);
  const obstacles = await Promise.all(
    planClusters(plan).map(async cluster => ({ cluster, obstacle: await hold(cluster) })),
  );
  // A scheduler that stops has seen nothing that would be worth telling.
  deps.signal.throwIfAborted();
  const blocked = obstacles.filter(({ obstacle }) => obstacle !== null);
  for (const { cluster, obstacle } of obstacles) {
    const place = { cluster: cluster.name, wave: -1, slot: `cluster ${cluster.name}` };
    await deps.store.waiting(rollout, place, obstacle === null ? [] : [obstacle]);
  }
  if (blocked.length === 0) return true;
  for (const { cluster, obstacle } of obstacles) {
    if (obstacle === null) await deps.leases.release(cluster, holder, deps.signal).catch(() => {});
  }
  return false;
}

async function releaseAll(deps: SchedulerDeps, plan: Plan, rollout: string, meta: RolloutMeta): Promise<void> {
  const holder = { installation: meta.installation, rollout };
  for (const cluster of planClusters(plan)) {
    // A Lease that cannot be given back expires: no Node carries our mark any more. A scheduler that stops because the
    // rollout has ended still gives it back.
    await deps.leases.release(cluster, holder, AbortSignal.timeout(RELEASE_MS)).catch((error: unknown) => {
      deps.log.warn({ rollout, cluster: cluster.name, error: String(error) }, 'the Lease could not be released');
    });
  }
}
