import { fail } from '../../../../shared/domain/failures/catalogue.ts';
import type { DrainProof } from '../../../../shared/domain/proof.ts';
import { cordonNode } from '../cordon.ts';
import { accountOf, waitedFor } from './account.ts';
import { type Cleared, clearPods } from './clear-pods.ts';
import type { Again, DrainContext } from './context.ts';
import type { Judged } from './judge.ts';
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
const AGAIN_MS = 200;
/** Most pods named in the log of a visit. */
const LOGGED_PODS = 20;
/** The account must be there before the step's own end cuts everything off. */
const ACCOUNT_MS = 1_500;

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
  const untilMs = Math.min(clock.now() + VISIT_MS, context.deadlineMs);
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
  const { cluster, fence, clock, signal, policy } = context;
  const isLate = clock.now() >= context.deadlineMs;
  const brief = AbortSignal.any([signal, AbortSignal.timeout(ACCOUNT_MS)]);
  const lines = await accountOf(cluster, left, isImpossible || isLate ? clock.now() : null, brief);
  const pods = `${left.length} pod${left.length === 1 ? '' : 's'}`;
  if (!isImpossible && !isLate) {
    await book.keep({ refusals: refusals.entries(left.map(({ pod }) => pod)), lastSeen: lines });
    context.log(`${pods} left:\n${lines.slice(0, LOGGED_PODS).join('\n')}\n`);
    const long = refusals.hasTold() ? `, for more than ${Math.round(policy.notifyAfterMs / 1000)} s` : '';
    return again(waitedFor(left) + long);
  }
  const message = isImpossible
    ? `${fence.node} cannot be drained: an eviction was refused for good, ${pods} left`
    : `${fence.node} was not drained in time: ${pods} left`;
  const leftAs = 'cordoned, the other pods are evicted';
  throw fail(isImpossible ? 'drain-impossible' : 'drain-timeout', { message, seen: lines.join('\n'), leftAs });
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
