import { type Job, WaitingChildrenError } from 'bullmq';
import { SETTLED_STATES } from '../../../shared/domain/events.ts';
import { splitNodeKey } from '../../../shared/domain/names.ts';
import type { NodeRecord } from '../../../shared/domain/node-record.ts';
import { findPlanNode, type PlanCluster, policyOf } from '../../../shared/domain/plan.ts';
import type { ClaimAnswer } from '../../../shared/ports/engine-store.ts';
import type { SlotJob } from '../../../shared/queue/names.ts';
import { wakeSlots } from '../../common/wake.ts';
import { buildClaim } from '../claim-request.ts';
import type { SchedulerDeps } from '../deps.ts';
import { LONGEST_DELAY_MS, lookAgainLater } from '../look-again.ts';
import { giveCanary } from '../places.ts';
import { planCluster, planWave } from '../plan-parts.ts';
import { awaitRecovery } from '../recovery.ts';
import { wantedOf } from '../wanted-holds.ts';

/** Facts from outside change without telling us. */
const FACTS_RETRY_MS = 2_000;

/** A node the slot holds by the store's word. */
export interface Held {
  readonly node: string;
  readonly record: NodeRecord;
}

/**
 * One slot: takes a node, adds its chain, sleeps until the chain is through, waits for the cluster's recovery, gives
 * the node back and takes the next. It knows nothing by itself: what it holds is read from the store each time, so that
 * a copy of it that wakes late does no harm.
 */
export async function processSlot(deps: SchedulerDeps, job: Job<SlotJob>, token?: string): Promise<void> {
  const { rollout, slot } = job.data;
  const cluster = await planCluster(deps.store, rollout, job.data.cluster);
  let given: Held | null = null;
  for (;;) {
    // Sent together, answered in order: the counter is never younger than what is judged after it.
    const [wake, held] = await Promise.all([deps.store.wake(rollout), heldBy(deps, rollout, slot)]);
    if (held && !SETTLED_STATES.includes(held.record.state)) {
      await addChain(deps, job, held);
      if (await job.moveToWaitingChildren(token ?? '')) throw new WaitingChildrenError();
      // All jobs of the chain are gone or through, yet the node is not settled: the reconciler mends the chain.
      return lookAgainLater(deps, job, token, rollout, wake, FACTS_RETRY_MS);
    }
    if (held) {
      await keepDuration(deps, job.data, held);
      const wait = await awaitRecovery(deps, job, cluster, held);
      if (wait !== null) return lookAgainLater(deps, job, token, rollout, wake, wait);
      given = held;
    }
    const { answer, lookAgainAtMs } = await claim(deps, job, cluster, given);
    if (given) await wakeSlots(deps.queues, rollout);
    given = null;
    if (answer.kind === 'retired' || answer.kind === 'empty') return;
    if (answer.kind === 'closed') {
      return lookAgainLater(deps, job, token, rollout, wake, await nextLookMs(deps, job.data, cluster, lookAgainAtMs));
    }
  }
}

/**
 * Who resumes a rollout or approves its canary wakes its slots; a window, and some gates, open at a known moment; all else
 * is looked at again soon.
 */
async function nextLookMs(
  deps: SchedulerDeps,
  { rollout, wave }: SlotJob,
  cluster: PlanCluster,
  opensAtMs: number | null,
): Promise<number> {
  const meta = await deps.store.meta(rollout);
  if (meta?.state !== 'running' && meta?.state !== 'stopping') return LONGEST_DELAY_MS;
  const canaryMs = await giveCanary(deps, rollout, cluster, planWave(cluster, wave));
  const nextMs = opensAtMs === null ? FACTS_RETRY_MS : opensAtMs - deps.clock.now();
  return Math.min(nextMs, canaryMs ?? Number.POSITIVE_INFINITY);
}

async function keepDuration({ store, durations }: SchedulerDeps, { rollout, cluster }: SlotJob, held: Held) {
  if (held.record.state !== 'done') return;
  const plan = await store.plan(rollout);
  const node = plan && findPlanNode(plan, cluster, held.node);
  if (node) await durations.keep(rollout, node, held.record.round);
}

async function heldBy(deps: SchedulerDeps, rollout: string, slot: string): Promise<Held | null> {
  const key = await deps.store.heldBy(rollout, slot);
  if (key === null) return null;
  const { cluster, node } = splitNodeKey(key);
  const record = await deps.store.node(rollout, cluster, node);
  return record && { node, record };
}

async function addChain(deps: SchedulerDeps, job: Job<SlotJob>, held: Held): Promise<void> {
  const { rollout, cluster, wave, slot } = job.data;
  const plan = await deps.store.plan(rollout);
  const node = plan && findPlanNode(plan, cluster, held.node);
  if (!plan || !node) throw new Error(`the plan of ${rollout} has no node ${cluster}/${held.node}`);
  const data = { rollout, cluster, wave, node: held.node, round: held.record.round };
  await deps.queues.addChain(data, slot, policyOf(plan, node));
}

async function claim(
  deps: SchedulerDeps,
  job: Job<SlotJob>,
  cluster: PlanCluster,
  given: Held | null,
): Promise<{ answer: ClaimAnswer; lookAgainAtMs: number | null }> {
  const give = given && { node: given.node, round: given.record.round };
  const { request, lookAgainAtMs, holds } = await buildClaim(deps, job.data, cluster, give);
  // A scheduler that stops has seen nothing that would be worth telling.
  deps.signal.throwIfAborted();
  const { rollout } = job.data;
  if (wantedOf(cluster).length === 0) return { answer: await deps.store.claim(rollout, request), lookAgainAtMs };
  // What is held keeps others from their work: it is taken only for a node that can be taken now.
  const answer = await deps.store.claim(rollout, { ...request, onlyAsks: true });
  if (answer.kind !== 'free') return { answer, lookAgainAtMs };
  const shut = [...request.shut, ...(request.shut.length === 0 ? await holds() : [])];
  return { answer: await deps.store.claim(rollout, { ...request, give: null, shut }), lookAgainAtMs };
}
