import { mayComeBack } from '../../../../shared/domain/cordon.ts';
import type { PodView, WorkMark } from '../../../../shared/domain/facts.ts';
import { fail } from '../../../../shared/domain/failures/catalogue.ts';
import type { CordonPolicy, DrainPolicy } from '../../../../shared/domain/policy.ts';
import type { DrainProof } from '../../../../shared/domain/proof.ts';
import type { Clock } from '../../../../shared/ports/clock.ts';
import type { ClusterApi } from '../../../../shared/ports/cluster.ts';
import type { Fence } from '../../../../shared/ports/host.ts';
import { cordonNode } from '../cordon.ts';
import { accountOf, waitedFor } from './account.ts';
import { evictPods, type LeftPod } from './evict.ts';
import { type Judged, judgeNode, podName, throwObstacles } from './judge.ts';
import { waitForVolumes } from './volumes.ts';

/** What a drain keeps between visits and attempts. */
export interface DrainMemory {
  readonly startedAtMs: number;
  /** Pods this drain set out to evict: UID → `namespace/name`. */
  readonly targets: Readonly<Record<string, string>>;
  /** null: pods are left. */
  readonly podsGoneAtMs: number | null;
}

/** What a drain works with; the caller has proven that it is the right machine, and owns the host. */
export interface DrainContext {
  readonly cluster: ClusterApi;
  /** The Node's UID in the plan; empty: not known. */
  readonly uid: string;
  readonly fence: Fence;
  readonly policy: DrainPolicy;
  /** How pods are kept off; default: as `kubectl cordon` does. */
  readonly cordon?: CordonPolicy;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** When the drain must be over, ms since the epoch: then StepError `drain-timeout` with an account of what is left. */
  readonly deadlineMs: number;
  /** When this attempt began, ms since the epoch: each attempt waits its own time for volumes. Default: the drain's own. */
  readonly startedAtMs?: number;
  readonly memory: DrainMemory | null;
  remember(memory: DrainMemory): Promise<void>;
  guard(): Promise<void>;
  log(text: string): void;
}

/** How a visit of a drain ended. */
export type DrainOutcome =
  | {
      readonly kind: 'drained';
      readonly proof: Pick<
        DrainProof,
        'cordonedByUs' | 'cordonedBefore' | 'confirmedAtMs' | 'evicted' | 'skipped' | 'tookMs'
      >;
    }
  | { readonly kind: 'again'; readonly afterMs: number; readonly reason: string };

/** A visit stays in its process this long before it gives the worker back. */
const VISIT_MS = 20_000;
const AGAIN_MS = 200;
/** Most pods named in the log of a visit. */
const LOGGED_PODS = 20;

/**
 * Cordons the node, evicts its pods and waits until they and the node's volumes are gone. Twice is as good as once.
 * StepErrors: those of cordonNode, `drain-obstacles`, `drain-impossible`, `drain-timeout`, `drain-cordon-lost`,
 * `drain-volumes-attached`, and those of the cluster.
 */
export async function drainNode(context: DrainContext): Promise<DrainOutcome> {
  const { cluster, fence, clock, signal } = context;
  const untilMs = Math.min(clock.now() + VISIT_MS, context.deadlineMs);
  const attemptAtMs = context.startedAtMs ?? 0;
  let memory = context.memory ?? { startedAtMs: clock.now(), targets: {}, podsGoneAtMs: null };
  await context.guard();
  const { cordonedBefore, mark } = await cordonNode(cluster, fence, context.uid, signal, context.cordon);
  for (;;) {
    const judged = await judgeAgain(context, memory, mark);
    if (judged.evict.length === 0) {
      memory = { ...memory, podsGoneAtMs: memory.podsGoneAtMs ?? clock.now() };
      await context.remember(memory);
      const volumes = await volumesLeft(context, Math.max(memory.podsGoneAtMs ?? clock.now(), attemptAtMs), untilMs);
      if (volumes.length > 0) return again(`waiting for volumes to detach: ${volumes.join(', ')}`);
      return { kind: 'drained', proof: proofOf(memory, judged, cordonedBefore, clock.now()) };
    }
    memory = { ...memory, targets: { ...memory.targets, ...namesOf(judged.evict) }, podsGoneAtMs: null };
    await context.remember(memory);
    const left = await evictPods({ ...context, pods: judged.evict, untilMs });
    if (left.length > 0) return notYet(context, left);
  }
}

/** What is still to be evicted. A pod that came back because it tolerates the cordon is left, as kubectl leaves it. */
async function judgeAgain(context: DrainContext, memory: DrainMemory, mark: WorkMark): Promise<Judged> {
  const { cluster, fence, policy, clock, signal } = context;
  const judged = await judgeNode(cluster, fence.node, policy, clock.now(), signal);
  const begun = Object.keys(memory.targets).length > 0;
  throwObstacles(fence.node, judged.refused, `cordoned, ${begun ? 'some pods evicted' : 'nothing evicted'}`);
  for (const warning of judged.warnings) context.log(`${warning}\n`);
  const isBack = (pod: PodView): boolean =>
    begun && mayComeBack(pod, mark) && memory.targets[pod.uid] === undefined && pod.controller !== null;
  const back = judged.evict.filter(isBack);
  return {
    ...judged,
    evict: judged.evict.filter(pod => !isBack(pod)),
    skipped: [...judged.skipped, ...back.map(pod => ({ pod: podName(pod), reason: CAME_BACK }))],
  };
}

const CAME_BACK = 'came back to the cordoned node, which it tolerates';

async function volumesLeft(context: DrainContext, podsGoneAtMs: number, untilMs: number): Promise<string[]> {
  const { cluster, fence, clock, signal, policy } = context;
  if (policy.volumeDetachTimeoutMs <= 0) return [];
  const deadlineMs = Math.min(podsGoneAtMs + policy.volumeDetachTimeoutMs, context.deadlineMs);
  return waitForVolumes({ cluster, node: fence.node, clock, signal, untilMs, deadlineMs });
}

/** Pods are left at the end of a visit: their account goes into a failure that ends the drain, or they are waited for. */
async function notYet(context: DrainContext, left: readonly LeftPod[]): Promise<DrainOutcome> {
  const { cluster, fence, clock, signal } = context;
  const isImpossible = left.some(each => each.answer?.kind === 'impossible');
  const isLate = clock.now() >= context.deadlineMs;
  const lines = await accountOf(cluster, left, isImpossible || isLate ? clock.now() : null, signal);
  const pods = `${left.length} pod${left.length === 1 ? '' : 's'}`;
  if (!isImpossible && !isLate) {
    context.log(`${pods} left:\n${lines.slice(0, LOGGED_PODS).join('\n')}\n`);
    return again(waitedFor(left));
  }
  const message = isImpossible
    ? `${fence.node} cannot be drained: an eviction was refused for good, ${pods} left`
    : `${fence.node} was not drained in time: ${pods} left`;
  const leftAs = 'cordoned, the other pods are evicted';
  throw fail(isImpossible ? 'drain-impossible' : 'drain-timeout', { message, seen: lines.join('\n'), leftAs });
}

function again(reason: string): DrainOutcome {
  return { kind: 'again', afterMs: AGAIN_MS, reason };
}

function namesOf(pods: readonly PodView[]): Record<string, string> {
  return Object.fromEntries(pods.map(pod => [pod.uid, podName(pod)]));
}

function proofOf(memory: DrainMemory, judged: Judged, cordonedBefore: boolean, nowMs: number) {
  return {
    cordonedByUs: !cordonedBefore,
    cordonedBefore,
    confirmedAtMs: nowMs,
    evicted: Object.values(memory.targets),
    skipped: judged.skipped,
    tookMs: nowMs - memory.startedAtMs,
  };
}
