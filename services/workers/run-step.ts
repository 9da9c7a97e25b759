import { setMaxListeners } from 'node:events';
import { DelayedError, type Job, UnrecoverableError } from 'bullmq';
import { backoffMs } from '../../shared/domain/backoff.ts';
import type { NodeLeft } from '../../shared/domain/events.ts';
import { type Failure, failureOf, StepError } from '../../shared/domain/failure.ts';
import { doneEvent, failedEvent } from '../../shared/domain/node-event.ts';
import { cleanAll } from '../../shared/domain/output.ts';
import { findPlanNode, type Plan } from '../../shared/domain/plan.ts';
import type { NodePolicy } from '../../shared/domain/policy.ts';
import { isOwnReboot } from '../../shared/domain/proof.ts';
import type { BeginAnswer, StepRef } from '../../shared/ports/engine-store.ts';
import type { HostStanding, Step, StepContext, StepOutcome } from '../../shared/ports/step.ts';
import type { StepJob } from '../../shared/queue/names.ts';
import { ensureSlots } from '../common/slots.ts';
import { wakeSlots } from '../common/wake.ts';
import { leaveAborted, leaveSkipped } from './common/leave.ts';
import { contextOf } from './context.ts';
import type { WorkerDeps } from './deps.ts';
import type { FlagSignal } from './flag-watch.ts';
import { type HookReason, NodeHooks } from './hooks/node-hooks.ts';
import { Interrupted } from './interrupted.ts';
import { JobLog } from './job-log.ts';
import { giveHoldBack, type Obstacle, obstacleToWork } from './node-hold.ts';
import { rebootOf } from './reboot-turn.ts';
import { RetryLater } from './retry-later.ts';
import { type StepTime, timeOfVisit } from './step-time.ts';
import { giveBackForWindow, isToGiveBack } from './window-release.ts';

/** A step that is held looks again after this. */
const HOLD_MS = 2_000;
/** Between two looks at a node that somebody else holds. */
const OTHERS_MS = 5_000;
const GIVE_UP_MS = 60_000;
const LEAVE_MS = 30_000;
const UNKNOWN_STANDING: HostStanding = { kind: 'open', said: 'what was done is not known', todo: 'Look at it' };

/** One visit of a step: everything its processor needs at hand. */
interface Visit extends Arrival {
  readonly plan: Plan;
  readonly hooks: NodeHooks;
  readonly time: StepTime;
  readonly flagged: FlagSignal;
}

/** A visit before it is known whether the step may begin. */
interface Arrival {
  readonly deps: WorkerDeps;
  readonly step: Step;
  readonly job: Job<StepJob>;
  readonly token: string | undefined;
  readonly ref: StepRef;
  readonly attempt: number;
  readonly log: JobLog;
}

type Go = Extract<BeginAnswer, { kind: 'go' }>;

/** The processor of one step's queue. Three parameters: else BullMQ gives no signal. */
export function stepProcessor(deps: WorkerDeps, step: Step) {
  return async (job: Job<StepJob>, token: string | undefined, signal: AbortSignal | undefined): Promise<string> => {
    const { rollout, cluster, node, round } = job.data;
    const ref: StepRef = { cluster, node, round, step: step.name };
    const visit: Arrival = { deps, step, job, token, ref, attempt: job.attemptsMade + 1, log: new JobLog(job) };
    const begin = await deps.store.begin(rollout, ref, visit.attempt);
    switch (begin.kind) {
      case 'already':
        return 'done before';
      case 'skip':
        return `skipped: ${begin.reason}`;
      case 'hold':
        return putOff(visit, HOLD_MS);
      case 'failed':
        // The worker that told of the failure died before BullMQ heard of it.
        throw new UnrecoverableError(begin.reason);
      case 'superseded':
        throw new UnrecoverableError(`superseded: ${begin.reason}`);
      case 'predecessor-missing':
        throw new UnrecoverableError(`predecessor-missing: ${begin.previous} has no result, nothing was done`);
      case 'go':
        return go(visit, begin, signal);
    }
  };
}

async function go(arrival: Arrival, begin: Go, lockLost: AbortSignal | undefined): Promise<string> {
  const { deps, step } = arrival;
  const { visit, context, policy } = await open(arrival, begin, lockLost);
  visit.log.tell(10, `attempt ${visit.attempt} of ${policy.limits[step.name].attempts}`);
  try {
    if (begin.flag !== '') return await completeThrough(visit, begin, context);
    const obstacle = await obstacleToWork(visit.plan, step, context);
    if (obstacle !== null) return await keptBack(visit, begin, context, obstacle);
    if (begin.waited) return await beginAnew(visit, begin);
    return await settle(visit, begin, context, await work(visit, context));
  } catch (error) {
    if (error instanceof DelayedError || error instanceof NotPutOff) throw error;
    // Whoever has the job now goes on from here; an end that another caused is no failure of the step.
    if (lockLost?.aborted) throw error;
    if (deps.stopping.aborted) return await putOff(visit, 0);
    // Whatever was cut off: the person's word counts.
    if (visit.flagged.signal.aborted) return await completeThrough(visit, begin, context);
    const { signal } = visit.time;
    const timedOut = signal.aborted && !(error instanceof StepError);
    return await troubled(visit, begin, context, policy, timedOut ? signal.reason : error);
  } finally {
    visit.time.end();
    visit.flagged.stop();
    await visit.log.flush();
  }
}

/** Puts together what a visit works with; its time begins to run. */
async function open(arrival: Arrival, begin: Go, lockLost: AbortSignal | undefined) {
  const { deps, step, job, ref, attempt, log } = arrival;
  const { rollout, wave } = job.data;
  const { plan, node, policy } = await plannedNode(arrival);
  const time = timeOfVisit(step.name, policy, begin, attempt);
  const taken = AbortSignal.any([deps.stopping, ...(lockLost ? [lockLost] : [])]);
  const flagged = deps.flags.follow(rollout, ref);
  const signal = AbortSignal.any([time.signal, taken, flagged.signal]);
  // A step may have any number of calls under way.
  setMaxListeners(0, signal);
  const about = { rollout, plan, node, policy, begin, attempt, log };
  const hooks = new NodeHooks({ ...about, deps, wave, ref, hooks: policy.hooks, time, signal: taken, flagged });
  const visit: Visit = { ...arrival, plan, hooks, time, flagged };
  return { visit, policy, context: contextOf(deps, ref, { ...about, hooks }, signal) };
}

/** The step itself, with the hooks around it. */
async function work({ step, hooks, time }: Visit, context: StepContext<unknown>): Promise<StepOutcome<Step['name']>> {
  await hooks.before('node');
  if (!step.saysWork) await hooks.before(step.name);
  const outcome = await step.run(context);
  if (outcome.kind === 'again') return outcome;
  time.end();
  await hooks.afterDone();
  return outcome;
}

async function plannedNode({ deps, job }: Arrival) {
  const { rollout, cluster, node: name } = job.data;
  const plan = await deps.store.plan(rollout);
  const node = plan && findPlanNode(plan, cluster, name);
  const policy = node && plan?.policies[node.policy];
  if (!plan || !node || !policy) throw new UnrecoverableError(`rollout ${rollout} has no node ${cluster}/${name}`);
  return { plan, node, policy };
}

/** The job comes back after `ms` without costing an attempt. */
async function putOff(visit: Arrival, ms: number): Promise<never> {
  try {
    await visit.deps.queues.delay(visit.job, ms, visit.token);
  } catch (error) {
    throw new NotPutOff('the job could not be put off', { cause: error });
  }
  // A person's word that came while the step went to sleep: its nudge found nobody to wake.
  if (ms > 0) await wakeIfFlagged(visit).catch(() => {});
  throw new DelayedError();
}

async function wakeIfFlagged({ deps, job, ref }: Arrival): Promise<void> {
  const record = await deps.store.node(job.data.rollout, ref.cluster, ref.node);
  if (record?.round === ref.round && record.flag !== '') await job.promote();
}

/** The job is not ours any more, or Redis refused: no failure of the step. */
class NotPutOff extends Error {
  override readonly name = 'NotPutOff';
}

async function settle(
  visit: Visit,
  begin: Go,
  context: StepContext<unknown>,
  outcome: StepOutcome<Step['name']>,
): Promise<string> {
  const { deps, job, ref } = visit;
  const { rollout } = job.data;
  if (outcome.kind === 'again') {
    const { reason, account } = cleanAll({ reason: outcome.reason, account: outcome.account });
    const report = { outcome: 'waiting', reason, ...(account ? { account } : {}) } as const;
    const heard = await deps.store.report(rollout, ref, begin.epoch, report);
    if (!heard.ok) throw new Interrupted('superseded');
    visit.log.tell(50, reason);
    return putOff(visit, outcome.afterMs);
  }
  if (ref.step === 'uncordon') await giveLease(visit, { ...context, signal: timeToLeave(visit) });
  // Much of it was read on the host.
  const { proof, note } = cleanAll({ proof: outcome.proof, note: outcome.note });
  // Before it is told: a worker that dies in between tells both again.
  if (isOwnReboot(proof)) await deps.store.rebooted(ref.cluster, rebootOf(rollout, ref));
  const report = { outcome: 'done', proof, note } as const;
  const heard = await deps.store.report(rollout, ref, begin.epoch, report);
  if (!heard.ok) throw new Interrupted('superseded');
  visit.log.tell(100, `done: ${note}`);
  const event = doneEvent(ref.step, proof, note);
  if (event) context.announce(event.reason, event.message, event.type);
  if (ref.step === 'uncordon') await wakeSlots(deps.queues, rollout);
  return note;
}

/** The guard held the step back: nothing more is changed until a person has dealt with the failures. */
async function held(visit: Visit, begin: Go): Promise<string> {
  const { deps, job, ref } = visit;
  const reason = `failure budget spent: held before ${ref.step}`;
  await deps.store.report(job.data.rollout, ref, begin.epoch, { outcome: 'held', reason });
  return putOff(visit, HOLD_MS);
}

/** It waits; but a drained node on which nothing was changed is not kept empty until the next window. */
async function keptBack(visit: Visit, begin: Go, context: StepContext<unknown>, obstacle: Obstacle): Promise<string> {
  const { deps, job, ref, step } = visit;
  const { rollout, cluster, node } = job.data;
  if (!isToGiveBack(step, context, obstacle)) return waitForOthers(visit, begin, obstacle.reason);
  await context.guard();
  const why = `${obstacle.reason}; given back, as nothing on the host was changed`;
  const leaving = { ...context, signal: timeToLeave(visit) };
  const left = await giveBackForWindow(step, leaving);
  if (left === null) return waitForOthers(visit, begin, obstacle.reason);
  if (!(await tellHooks(visit, 'skipped', { reason: why, code: '' }))) return superseded(visit);
  await giveLease(visit, leaving);
  // Only what is given back is put back: one with our mark would be taken again at once. What a person asked for meanwhile
  // stands.
  const again = { kind: 'redo', cluster, node, unlessAsked: true } as const;
  const answer = await deps.store.command(rollout, again, 'nodetide', why);
  if (!answer.ok) return waitForOthers(visit, begin, obstacle.reason);
  const reason = `${why}; left: ${left.state}`;
  const heard = await deps.store.report(rollout, ref, begin.epoch, { outcome: 'skipped', reason, left });
  if (!heard.ok) return superseded(visit);
  visit.log.tell(100, `skipped: ${reason}`);
  context.announce('Released', why);
  await ensureSlots(deps.store, deps.queues, job.data);
  await wakeSlots(deps.queues, rollout);
  return `skipped: ${reason}`;
}

/** Somebody else has the node or the cluster: the step has not begun, and its time does not either. */
async function waitForOthers(visit: Visit, begin: Go, reason: string): Promise<never> {
  const { deps, job, ref } = visit;
  const report = { outcome: 'waiting', reason, forOthers: true } as const;
  const heard = await deps.store.report(job.data.rollout, ref, begin.epoch, report);
  if (!heard.ok) throw new Interrupted('superseded');
  visit.log.tell(50, reason);
  return putOff(visit, OTHERS_MS);
}

async function beginAnew(visit: Visit, begin: Go): Promise<never> {
  const report = { outcome: 'held', reason: 'free now: begins anew' } as const;
  await visit.deps.store.report(visit.job.data.rollout, visit.ref, begin.epoch, report);
  return putOff(visit, 0);
}

async function troubled(
  visit: Visit,
  begin: Go,
  context: StepContext<unknown>,
  policy: NodePolicy,
  error: unknown,
): Promise<string> {
  if (error instanceof Interrupted) {
    if (error.why === 'held') return held(visit, begin);
    if (error.why === 'flagged') return completeThrough(visit, begin, context);
    return superseded(visit);
  }
  const { deps, job, ref, attempt } = visit;
  const { rollout } = job.data;
  const failure = failureOf(error);
  if (failure.code === 'unexpected') deps.log.error({ rollout, ...ref, error: String(error) }, 'unexpected trouble');
  const limits = policy.limits[ref.step];
  if (failure.retryable && attempt < limits.attempts) {
    const retryInMs = backoffMs(limits, attempt, deps.random(), failure.retryAfterMs);
    const report = { outcome: 'attempt-failed', attempt, failure, retryInMs } as const;
    const heard = await deps.store.report(rollout, ref, begin.epoch, report);
    if (heard.why === 'flagged') return completeThrough(visit, begin, context);
    if (!heard.ok) return superseded(visit);
    visit.log.tell(50, `attempt ${attempt} failed, again in ${Math.ceil(retryInMs / 1000)} s: ${said(failure)}`);
    throw new RetryLater(`${failure.code}: ${failure.message}`, retryInMs);
  }
  return giveUp(visit, begin, context, failure);
}

/** Another has taken over. If it has finished, this job is done too; else it must not be heard any more. */
async function superseded({ deps, job, ref }: Visit): Promise<string> {
  const finished = await deps.store.finished(job.data.rollout, ref.cluster, ref.node, ref.round);
  if (finished.includes(ref.step)) return 'done by another worker';
  throw new UnrecoverableError('superseded: a newer worker has this node');
}

/** The last attempt has failed: the step says what state it leaves, and the chain stops here until a person acts. */
async function giveUp(visit: Visit, begin: Go, context: StepContext<unknown>, failure: Failure): Promise<string> {
  const { deps, job, ref, attempt } = visit;
  // Hooks and giving back take their time: nobody else is taken meanwhile.
  const failing = await deps.store.report(job.data.rollout, ref, begin.epoch, { outcome: 'failing' });
  if (!failing.ok) return superseded(visit);
  const why = { reason: failure.message, code: failure.code };
  if (!(await tellHooks(visit, 'failed', why))) return superseded(visit);
  // Always: giving up may change the state the failure spoke of.
  const leftAs = await leave(visit, context);
  const told: Failure = { ...failure, leftAs };
  const report = { outcome: 'failed', attempt, failure: told, hooks: visit.hooks.keptAfterFailure() } as const;
  const heard = await deps.store.report(job.data.rollout, ref, begin.epoch, report);
  if (heard.why === 'flagged') return completeThrough(visit, begin, context);
  if (!heard.ok) return superseded(visit);
  visit.log.tell(50, `failed: ${said(failure)}`);
  const event = failedEvent(ref.step, `${failure.message}; left: ${leftAs}`);
  context.announce(event.reason, event.message, event.type);
  visit.log.say(`left: ${leftAs}`);
  if (failure.todo) visit.log.say(`do: ${failure.todo}`);
  // Its slot may be given back now.
  await ensureSlots(deps.store, deps.queues, job.data);
  await wakeSlots(deps.queues, job.data.rollout);
  throw new UnrecoverableError(`${failure.code}: ${failure.message}`);
}

/** A person asked to skip or abort: the node is left so, and the rest of its chain runs through empty. */
async function completeThrough(visit: Visit, begin: Go, context: StepContext<unknown>): Promise<string> {
  const { deps, job, ref } = visit;
  if (await isSuperseded(visit, begin)) return superseded(visit);
  const { rollout, cluster, node } = job.data;
  const flag = begin.flag || ((await deps.store.node(rollout, cluster, node))?.flag ?? '');
  const why = { reason: `as a person asked, at ${ref.step}`, code: '' };
  if (!(await tellHooks(visit, flag === 'abort' ? 'aborted' : 'skipped', why))) return superseded(visit);
  const left = cleanAll(await leaveBehind(visit, context, flag));
  // What was cut off by the worker's stop is brought to its end by another.
  if (deps.stopping.aborted) return putOff(visit, 0);
  const reason = `as a person asked, at ${ref.step}; left: ${left.state}`;
  const heard = await deps.store.report(rollout, ref, begin.epoch, { outcome: 'skipped', reason, left });
  if (!heard.ok) return superseded(visit);
  visit.log.tell(100, `skipped: ${reason}`);
  if (left.todo !== '') visit.log.say(`do: ${left.todo}`);
  context.announce('Skipped', reason, 'Warning');
  await wakeSlots(deps.queues, job.data.rollout);
  return `skipped: ${reason}`;
}

/**
 * Runs the hooks that are told of a bad end, before that is told itself: else a worker that dies in between would lose
 * them. False: another worker has the node.
 */
async function tellHooks(visit: Visit, outcome: 'failed' | 'skipped' | 'aborted', why: HookReason): Promise<boolean> {
  try {
    await visit.hooks.afterTrouble(outcome, why);
    return true;
  } catch (error) {
    if (error instanceof Interrupted) return false;
    if (visit.deps.stopping.aborted) return putOff(visit, 0);
    throw error;
  }
}

/** Leaving may uncordon: not for us to do once another worker has the node. */
async function isSuperseded({ deps, job, ref }: Visit, begin: Go): Promise<boolean> {
  const heard = await deps.store.report(job.data.rollout, ref, begin.epoch, { outcome: 'check' });
  return !heard.ok && heard.why === 'superseded';
}

function said({ code, message }: Failure): string {
  return `${code}: ${message}`;
}

async function leave(visit: Visit, context: StepContext<unknown>): Promise<string> {
  const signal = AbortSignal.any([AbortSignal.timeout(GIVE_UP_MS), visit.deps.stopping]);
  try {
    const left = await visit.step.giveUp({ ...context, signal });
    await giveLease(visit, { ...context, signal });
    return left;
  } catch (error) {
    return `not known (${failureOf(error).message})`;
  }
}

/** The step's own signal may be over by then. */
function timeToLeave({ deps }: Visit): AbortSignal {
  return AbortSignal.any([AbortSignal.timeout(LEAVE_MS), deps.stopping]);
}

/** Skipped as it is; aborted so that it serves again, where that is safe. */
async function leaveBehind(visit: Visit, context: StepContext<unknown>, flag: string): Promise<NodeLeft> {
  const { step } = visit;
  const leaving = { ...context, signal: timeToLeave(visit) };
  try {
    const standing = step.standing?.(leaving) ?? UNKNOWN_STANDING;
    const left = await (flag === 'abort' ? leaveAborted : leaveSkipped)(leaving, standing);
    await giveLease(visit, leaving);
    // What is done anew needs nobody.
    return flag === 'redo' ? { ...left, todo: '' } : left;
  } catch (error) {
    const state = `not known (${failureOf(error).message})`;
    return { well: false, state, todo: `Look at it; nodetide release ${context.node.cluster}/${context.node.name}` };
  }
}

/** A Lease that cannot be given back ends by itself. */
async function giveLease({ deps, plan, job, ref }: Visit, context: StepContext<unknown>): Promise<void> {
  const trouble = await giveHoldBack(plan, context);
  if (trouble !== null)
    deps.log.warn({ rollout: job.data.rollout, ...ref, error: trouble }, "the node's Lease is left");
}
