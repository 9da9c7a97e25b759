import type { Job } from 'bullmq';
import { SETTLED_STATES } from '../../shared/domain/events.ts';
import { fail } from '../../shared/domain/failures/catalogue.ts';
import { slotJobPrefix, splitNodeKey, stepJobId } from '../../shared/domain/names.ts';
import type { NodeRecord } from '../../shared/domain/node-record.ts';
import { findPlanNode, type Plan, planClusters, policyOf } from '../../shared/domain/plan.ts';
import { STEPS, type StepName } from '../../shared/domain/steps.ts';
import { ensureSlots } from '../common/slots.ts';
import type { SchedulerDeps } from './deps.ts';
import { LONGEST_DELAY_MS } from './look-again.ts';
import { mendLeftChains } from './mend-slots.ts';

/** Later no job is ever due by the store's clock, small differences between clocks included. */
const LATEST_DUE_MS = LONGEST_DELAY_MS + 10_000;

/** BullMQ's own word for a job it gave up on: the processor never got to say anything. */
const STALL_LIMIT_TEXT = 'job stalled more than allowable limit';

/**
 * Compares jobs, state and world of one rollout, and mends what differs. Twice is as good as once; any number of
 * schedulers may do it at the same time.
 */
export async function reconcile(deps: SchedulerDeps, rollout: string): Promise<void> {
  const [plan, meta] = await Promise.all([deps.store.plan(rollout), deps.store.meta(rollout)]);
  if (!plan || !meta || meta.state === 'done' || meta.state === 'aborted') return;
  await ensureRoot(deps, rollout, plan);
  await keepClusters(deps, rollout, plan, meta.installation);
  // Put off by a scheduler whose clock is ahead: nobody else would run them for as long as it is.
  // Of an abort all must hear, also when whoever asked for it died before the nudge.
  const dueAfterMs = meta.state === 'aborting' ? 0 : (await deps.store.now()) + LATEST_DUE_MS;
  await deps.queues.promoteTree(rollout, dueAfterMs);
  for (const cluster of planClusters(plan)) {
    const wave = await deps.store.openWave(rollout, cluster.name);
    if (wave === null) continue;
    await ensureSlots(deps.store, deps.queues, { rollout, cluster: cluster.name, wave });
    await mendSlots(deps, rollout, cluster.name, wave);
  }
  const holdings = Object.entries(await deps.store.holdings(rollout));
  for (const [slot, key] of holdings) {
    const { cluster, node } = splitNodeKey(key);
    const record = await deps.store.node(rollout, cluster, node);
    if (record && !SETTLED_STATES.includes(record.state)) {
      deps.nodeLeases.keep(plan, node, cluster, { installation: meta.installation, rollout });
      await mendChain(deps, plan, { rollout, cluster, node, record, slot });
    }
  }
  // Last: a cluster that does not answer must not keep the others from being mended.
  for (const cluster of planClusters(plan)) {
    const someAway = async () =>
      Object.values(await deps.store.holdings(rollout)).some(key => splitNodeKey(key).cluster === cluster.name);
    await deps.holds.keep(cluster, { installation: meta.installation, rollout }, someAway, deps.signal);
  }
}

/**
 * All clusters of a rollout stay taken from its start to its end, also those whose turn has not come. Not waited for: a
 * cluster that does not answer must not keep the others from being mended.
 */
async function keepClusters(deps: SchedulerDeps, rollout: string, plan: Plan, installation: string): Promise<void> {
  if (!(await deps.store.hasMark(rollout, 'started'))) return;
  for (const cluster of planClusters(plan)) void deps.leases.keep(cluster, { installation, rollout }, deps.signal);
}

async function ensureRoot(deps: SchedulerDeps, rollout: string, plan: Plan): Promise<void> {
  const root = await deps.queues.job('rollout', rollout);
  if (!root) await deps.queues.addTreeJob('rollout', rollout, plan.fleet, { rollout });
  else if (await root.isFailed()) await root.retry('failed').catch(() => {});
}

async function mendSlots(deps: SchedulerDeps, rollout: string, cluster: string, wave: number): Promise<void> {
  const { ids } = await deps.store.openSlots(rollout, cluster, wave, slotJobPrefix(rollout, cluster, wave));
  for (const id of ids) {
    const job = await deps.queues.job('slot', id);
    if (!job || !(await job.isFailed())) continue;
    await job.retry('failed').catch(() => {});
    await deps.store.tell(rollout, { type: 'mended', what: `slot ${id} had failed and runs again`, cluster });
  }
  await mendLeftChains(deps, rollout, ids);
}

interface HeldChain {
  readonly rollout: string;
  readonly cluster: string;
  readonly node: string;
  readonly record: NodeRecord;
  readonly slot: string;
}

/** The first step without a result must have a job that is alive, or have failed by the store's own word. */
async function mendChain(deps: SchedulerDeps, plan: Plan, held: HeldChain): Promise<void> {
  const { rollout, cluster, node, record } = held;
  const finished = await deps.store.finished(rollout, cluster, node, record.round);
  const step = STEPS.find(candidate => !finished.includes(candidate));
  if (!step) return;
  const job = await deps.queues.job(step, stepJobId(rollout, cluster, node, record.round, step));
  if (!job) return addMissing(deps, plan, held, step);
  const state = await job.getState();
  if (state === 'completed') {
    await job.retry('completed').catch(() => {});
    return told(deps, held, `${step} had ended without a result and runs again`);
  }
  // Skipped or aborted, and whoever asked for it died before the nudge.
  if (state === 'delayed' && record.flag !== '') await deps.queues.promote(step, job.id ?? '');
  if (state === 'failed') await mendFailed(deps, held, step, job);
  if (state === 'waiting-children') await mendFinished(deps, held, finished);
}

/** A step that has its result but whose job failed keeps the next one waiting: run again, it finds its result. */
async function mendFinished(deps: SchedulerDeps, held: HeldChain, finished: readonly StepName[]): Promise<void> {
  const { rollout, cluster, node, record } = held;
  for (const step of finished) {
    const job = await deps.queues.job(step, stepJobId(rollout, cluster, node, record.round, step));
    if (!(await job?.isFailed())) continue;
    if (await deps.queues.retryStep(rollout, cluster, node, record.round, step)) {
      await told(deps, held, `the job of ${step} had failed although it is done, and runs through`);
    }
  }
}

async function addMissing(deps: SchedulerDeps, plan: Plan, held: HeldChain, step: StepName): Promise<void> {
  const { rollout, cluster, node, record, slot } = held;
  const planned = findPlanNode(plan, cluster, node);
  if (!planned || !(await deps.queues.job('slot', slot))) return;
  const data = { rollout, cluster, wave: record.wave, node, round: record.round };
  await deps.queues.addChain(data, slot, policyOf(plan, planned));
  await told(deps, held, `the job of ${step} was missing and was added again`);
}

async function mendFailed(deps: SchedulerDeps, held: HeldChain, step: StepName, job: Job): Promise<void> {
  const { rollout, cluster, node, record } = held;
  if (record.state === 'failed' && record.flag === '' && !record.retryAsked) return;
  // The store may have heard more since the record was read.
  const now = await deps.store.node(rollout, cluster, node);
  if (!now || now.round !== record.round || now.epoch !== record.epoch || now.state !== record.state) return;
  if (record.state !== 'failed' && job.failedReason === STALL_LIMIT_TEXT) {
    const { failure } = fail('stalled', { message: `${step} of ${cluster}/${node}: ${STALL_LIMIT_TEXT}` });
    await deps.store.stalled(rollout, { cluster, node, round: record.round, step }, failure);
    return;
  }
  if (await deps.queues.retryStep(rollout, cluster, node, record.round, step)) {
    await told(deps, held, `the job of ${step} had failed without the step's word and runs again`);
  }
}

async function told(deps: SchedulerDeps, held: HeldChain, what: string): Promise<void> {
  await deps.store.tell(held.rollout, { type: 'mended', what, cluster: held.cluster, node: held.node });
  deps.log.warn({ rollout: held.rollout, cluster: held.cluster, node: held.node }, what);
}
