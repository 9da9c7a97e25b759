import type { Job } from 'bullmq';
import { type NodeView, workMarkOf } from '../../shared/domain/facts.ts';
import { failureOf } from '../../shared/domain/failure.ts';
import type { NodeRecord } from '../../shared/domain/node-record.ts';
import type { PlanCluster } from '../../shared/domain/plan.ts';
import { recoveryObstacles } from '../../shared/gates/recovery.ts';
import type { RecoveryMemory, SlotJob } from '../../shared/queue/names.ts';
import type { SchedulerDeps } from './deps.ts';

const POLL_MS = 1_000;

/**
 * After a node is done its slot is kept until the cluster has been well for `recoverySoakMs`. Returns ms until the next
 * look, or null: the slot may go on. Nodes that did not end as done are given back at once, and so are all once the
 * rollout is aborted: no other node follows, and what keeps the cluster from recovering may never end.
 */
export async function awaitRecovery(
  deps: SchedulerDeps,
  job: Job<SlotJob>,
  cluster: PlanCluster,
  held: { node: string; record: NodeRecord },
): Promise<number | null> {
  const { rollout, wave, slot } = job.data;
  const place = { cluster: cluster.name, wave, slot };
  if (held.record.state !== 'done' || !hasToRecover(cluster)) return null;
  if ((await deps.store.meta(rollout))?.state === 'aborting') return null;
  const memory = memoryOf(job, held);
  const shortBefore = await deps.store.shortBefore(rollout, cluster.name, held.node, held.record.round);
  const obstacles = await look(deps, rollout, cluster, held.node, shortBefore);
  const now = await deps.store.now();
  if (obstacles.length > 0) {
    if (memory.wellSinceMs !== null) await remember(job, { ...memory, wellSinceMs: null });
    const reasons = obstacles.map(obstacle => `recovery after ${held.node}: ${obstacle}`);
    await deps.store.waiting(rollout, place, reasons);
    return POLL_MS;
  }
  const since = memory.wellSinceMs ?? now;
  const left = since + cluster.policy.recoverySoakMs - now;
  if (left <= 0) return null;
  if (memory.wellSinceMs === null) await remember(job, { ...memory, wellSinceMs: since });
  await deps.store.waiting(rollout, place, [`recovery after ${held.node}: well, soaking`]);
  return Math.min(left, POLL_MS);
}

/** Hosts without Kubernetes have nothing to recover but what gates ask for. */
function hasToRecover({ kubernetes, policy }: PlanCluster): boolean {
  return kubernetes !== null || policy.gates.some(gate => gate.at.includes('recovery'));
}

function memoryOf(job: Job<SlotJob>, held: { node: string; record: NodeRecord }): RecoveryMemory {
  const { recovery } = job.data;
  if (recovery && recovery.node === held.node && recovery.round === held.record.round) return recovery;
  return { node: held.node, round: held.record.round, wellSinceMs: null };
}

async function remember(job: Job<SlotJob>, recovery: RecoveryMemory): Promise<void> {
  await job.updateData({ ...job.data, recovery });
}

async function look(
  deps: SchedulerDeps,
  rollout: string,
  cluster: PlanCluster,
  node: string,
  shortBefore: readonly string[],
): Promise<string[]> {
  if (!cluster.kubernetes) return [...(await shutGates(deps, rollout, cluster, node, new Map()))];
  const api = deps.connectCluster(cluster.name, cluster.kubernetes);
  try {
    const [facts, pods] = await Promise.all([
      deps.facts.gather(cluster, deps.signal),
      api.listPodsOnNode(node, '', deps.signal),
    ]);
    const view = facts.nodes.get(node);
    // Our own cordon always carries our mark; without it somebody else keeps the node cordoned on purpose.
    const mayStayCordoned = view !== undefined && workMarkOf(view.annotations) === null;
    const obstacles = recoveryObstacles({ node: view, mayStayCordoned, pods, budgets: facts.budgets, shortBefore });
    return [...obstacles, ...(await shutGates(deps, rollout, cluster, node, facts.nodes))];
  } catch (error) {
    // A scheduler that stops has seen nothing that would be worth telling.
    deps.signal.throwIfAborted();
    return [`cluster ${cluster.name} cannot be asked: ${failureOf(error).message}`];
  }
}

async function shutGates(
  { gates, signal }: SchedulerDeps,
  rollout: string,
  cluster: PlanCluster,
  name: string,
  nodes: ReadonlyMap<string, NodeView>,
): Promise<readonly string[]> {
  const candidates = cluster.waves.flatMap(wave => wave.nodes).filter(node => node.name === name);
  const answers = await gates.ask({ moment: 'recovery', rollout, cluster, nodes, candidates }, signal);
  return [...answers.shut, ...(answers.nodes.get(name) ?? [])];
}
