import { setMaxListeners } from 'node:events';
import { fail } from '../../../../shared/domain/failures/catalogue.ts';
import type { DrainProof } from '../../../../shared/domain/proof.ts';
import { cordonNode } from '../cordon.ts';
import { accountOf } from './account.ts';
import type { Looking } from './block-facts.ts';
import { type Cleared, clearPods } from './clear-pods.ts';
import type { Again, DrainContext } from './context.ts';
import type { LeftPod } from './evict.ts';
import { type Judged, podName } from './judge.ts';
import { DrainBook } from './memory.ts';
import { rideOver } from './ride-over.ts';
import { waitForVolumes } from './volumes.ts';

/** How a visit of a drain ended. */
export type DrainOutcome =
  | {
      readonly kind: 'drained';
      readonly proof: Pick<
        DrainProof,
        'cordonedByUs' | 'cordonedBefore' | 'confirmedAtMs' | 'evicted' | 'deleted' | 'skipped' | 'tookMs'
      >;
    }
  | Again;

/** A visit stays in its process this long before it gives the worker back. */
const VISIT_MS = 20_000;
/** However late it comes, a visit looks what is left: all may be gone by now. */
const LEAST_VISIT_MS = 3_000;
const AGAIN_MS = 200;
/** A refusal that lasts so long is looked into: one that is over at the next try needs no words. */
const LOOK_AFTER_MS = 3_000;
const ACCOUNT_MS = 10_000;
/** At the deadline the account must be there before the step's own end cuts everything off. */
const LATE_ACCOUNT_MS = 1_500;

/**
 * Cordons the node, evicts its pods and waits until they and the node's volumes are gone. Twice is as good as once. Once
 * begun, it goes on over passing trouble of the API until its deadline. StepErrors: those of cordonNode,
 * `drain-obstacles`, `drain-impossible`, `drain-timeout`, `drain-cordon-lost`, `drain-volumes-attached`, and those of the
 * cluster.
 */
export async function drainNode(context: DrainContext): Promise<DrainOutcome> {
  const book = new DrainBook(context.memory, context.clock.now(), context.remember);
  try {
    return await visit(context, book);
  } catch (error) {
    context.signal.throwIfAborted();
    return rideOver(context, book.kept, error);
  }
}

async function visit(context: DrainContext, book: DrainBook): Promise<DrainOutcome> {
  const { cluster, fence, clock, signal } = context;
  const now = clock.now();
  const untilMs = Math.max(now + LEAST_VISIT_MS, Math.min(now + VISIT_MS, context.deadlineMs));
  await context.guard();
  const { cordonedBefore, mark } = await cordonNode(cluster, fence, context.uid, signal, context.cordon);
  const cleared = await clearPods(context, book, mark, untilMs);
  if (cleared.kind === 'unseen') {
    throw fail('cluster-unreachable', { message: `${cluster.name}: the pods of ${fence.node} could not be listed` });
  }
  if (cleared.kind === 'left') return notYet(context, book, cleared);
  await book.keep({ podsGoneAtMs: book.memory.podsGoneAtMs ?? clock.now(), refusals: {} });
  const volumes = await volumesLeft(context, book, untilMs);
  if (volumes.length > 0) return again(`waiting for volumes to detach: ${volumes.join(', ')}`);
  return { kind: 'drained', proof: proofOf(book, cleared.judged, cordonedBefore, clock.now()) };
}

async function volumesLeft(context: DrainContext, book: DrainBook, untilMs: number): Promise<string[]> {
  const { cluster, fence, clock, signal, policy } = context;
  if (policy.volumeDetachTimeoutMs <= 0) return [];
  const fromMs = Math.max(book.memory.podsGoneAtMs ?? clock.now(), context.startedAtMs ?? 0);
  const deadlineMs = Math.min(fromMs + policy.volumeDetachTimeoutMs, context.deadlineMs);
  return waitForVolumes({ cluster, node: fence.node, clock, signal, untilMs, deadlineMs });
}

/** Pods are left at the end of a visit: their account goes into a failure that ends the drain, or they are waited for. */
async function notYet(
  context: DrainContext,
  book: DrainBook,
  { left, isImpossible, refusals }: Extract<Cleared, { kind: 'left' }>,
): Promise<DrainOutcome> {
  const { fence, clock, policy } = context;
  const isLate = clock.now() >= context.deadlineMs;
  const isLast = isImpossible || isLate;
  const kept = refusals.entries(left.map(({ pod }) => pod));
  const isLasting = Object.values(kept).some(({ sinceMs }) => clock.now() - sinceMs >= LOOK_AFTER_MS);
  const account = await accountOf(left, looking(context, isLate ? LATE_ACCOUNT_MS : ACCOUNT_MS), isLast || isLasting);
  const pods = `${left.length} pod${left.length === 1 ? '' : 's'}`;
  const { reason, lines } = account;
  const lastSeen = [...account.heads, ...unnamed(left, account.heads)];
  if (isLast || reason !== book.memory.lastReason) context.log(`${pods} left:\n${lines.join('\n')}\n`);
  if (!isLast) {
    await book.keep({ refusals: kept, lastSeen, lastReason: reason });
    const long =
      refusals.hasTold() && policy.notifyAfterMs > 0
        ? `, for more than ${Math.round(policy.notifyAfterMs / 1000)} s`
        : '';
    return { ...again(reason + long), account: lines };
  }
  const message = isImpossible
    ? `${fence.node} cannot be drained: an eviction was refused for good, ${pods} left`
    : `${fence.node} was not drained in time: ${pods} left`;
  const leftAs = 'cordoned, the other pods are evicted';
  const todo = account.todo === '' ? {} : { todo: `${account.todo}; then retry the node (docs/blocked-drains.md)` };
  const details = { message, seen: lastSeen.join('\n'), account: lines, leftAs, ...todo };
  throw fail(isImpossible ? 'drain-impossible' : 'drain-timeout', details);
}

/** Pods left for the same reason are told together; at the end each is named. */
function unnamed(left: readonly LeftPod[], told: readonly string[]): string[] {
  if (left.length <= told.length) return [];
  return [`all that are left: ${left.map(({ pod }) => podName(pod)).join(', ')}`];
}

function looking({ cluster, fence, clock, signal }: DrainContext, timeoutMs: number): Looking {
  const end = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  // Each call under way listens to it: one for each namespace, and more.
  setMaxListeners(0, end);
  return { cluster, fence, nowMs: clock.now(), signal: end };
}

function again(reason: string): Again {
  return { kind: 'again', afterMs: AGAIN_MS, reason };
}

function proofOf({ memory }: DrainBook, judged: Judged, cordonedBefore: boolean, nowMs: number) {
  return {
    cordonedByUs: !cordonedBefore,
    cordonedBefore,
    confirmedAtMs: nowMs,
    evicted: Object.values(memory.targets),
    deleted: memory.deleted ?? [],
    skipped: judged.skipped,
    tookMs: nowMs - memory.startedAtMs,
  };
}
