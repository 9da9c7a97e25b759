import { randomUUID } from 'node:crypto';
import { backoffMs } from '../../../shared/domain/backoff.ts';
import { type Failure, failureOf } from '../../../shared/domain/failure.ts';
import { unlessAborted } from '../../../shared/ports/abort.ts';
import type { Outcome, Taken } from '../../../shared/ports/outbox.ts';
import type { NotifyDeps } from './deps.ts';

type Ready = Extract<Taken, { kind: 'ready' }>;

/**
 * Delivers what waits in a lane, one after another, until nothing does, the first has to wait, or the scheduler stops.
 * Returns after how many ms to look again; null: when there is something new.
 */
export async function drainLane(deps: NotifyDeps, lane: string, signal: AbortSignal): Promise<number | null> {
  const token = randomUUID();
  while (!signal.aborted) {
    const taken = await deps.outbox.take(lane, token, deps.pace.leaseMs);
    if (taken.kind === 'empty') return null;
    if (taken.kind === 'later') return taken.ms;
    await deliver(deps, taken, token);
  }
  return null;
}

/** One attempt, and what came of it is kept. */
async function deliver(deps: NotifyDeps, taken: Ready, token: string): Promise<void> {
  const { outbox, log } = deps;
  const { id, lane, rollout, target } = taken.delivery;
  const fields = { rollout, target: target.name, delivery: id, attempt: taken.attempt };
  if (taken.inDoubt && target.inDoubt === 'leave') {
    const note = 'its sender died before it heard the answer: it may have arrived, and is not repeated';
    if (await outbox.settle(lane, id, token, { state: 'doubtful', note }))
      log.warn(fields, `a notification is in doubt: ${note}`);
    return;
  }
  const outcome = await attempt(deps, taken, token);
  if (outcome === null || !(await outbox.settle(lane, id, token, outcome))) return;
  if (outcome.state === 'given-up') log.error({ ...fields, note: outcome.note }, 'a notification was given up');
  // Each further attempt would say the same.
  if (outcome.state === 'waiting' && taken.attempt === 1) {
    log.warn({ ...fields, note: outcome.note }, 'a notification could not be delivered, and is tried again');
  }
}

/** null: nothing may be kept, as it is another sender's, or was cut off in the middle of handing over. */
async function attempt(deps: NotifyDeps, taken: Ready, token: string): Promise<Outcome | null> {
  const { id, target, message } = taken.delivery;
  const timeout = AbortSignal.timeout(target.timeoutMs);
  let [isGone, isOvertaken] = [false, false];
  const mayLeave = async (): Promise<void> => {
    isOvertaken = !(await deps.outbox.mayLeave(id, token));
    if (isOvertaken) throw new Error('another sender has it');
  };
  const hasLeft = (): void => {
    isGone = true;
    // What is kept of the outcome goes the same way, behind it.
    deps.outbox.hasLeft(id, token).catch(() => {});
  };
  const { leaseMs } = deps.pace;
  const alive = setInterval(() => void deps.outbox.renew(id, token, leaseMs).catch(() => {}), leaseMs / 3);
  try {
    const signal = AbortSignal.any([timeout, deps.atOnce]);
    const sent = deps.notifier.send(target, message, { id, signal, mayLeave, hasLeft });
    // Whatever a sender hangs in must hold up neither its lane nor the scheduler's stop; its late words are fenced.
    return { state: 'sent', note: await unlessAborted(sent, signal) };
  } catch (error) {
    if (isOvertaken) return null;
    if (deps.atOnce.aborted) {
      return isGone ? null : { state: 'waiting', note: 'the scheduler stopped', retryInMs: 0 };
    }
    const failure = timeout.aborted ? late(target.timeoutMs) : failureOf(error);
    return afterFailure(deps, taken, failure);
  } finally {
    clearInterval(alive);
  }
}

function late(timeoutMs: number): Failure {
  return { code: 'notify-no-answer', message: `no answer within ${timeoutMs} ms`, retryable: true };
}

function afterFailure({ pace, random }: NotifyDeps, taken: Ready, failure: Failure): Outcome {
  const { giveUpMs } = taken.delivery.target;
  const note = failure.message;
  if (!failure.retryable) return { state: 'given-up', note };
  if (taken.ageMs >= giveUpMs) return { state: 'given-up', note: `${note} (attempt ${taken.attempt}, the last)` };
  const limits = { ...pace, timeoutMs: 0, attempts: 0 };
  return { state: 'waiting', note, retryInMs: backoffMs(limits, taken.attempt, random(), failure.retryAfterMs) };
}
