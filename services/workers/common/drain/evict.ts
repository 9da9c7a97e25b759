import { setMaxListeners } from 'node:events';
import type { PodView } from '../../../../shared/domain/facts.ts';
import { failureOf } from '../../../../shared/domain/failure.ts';
import { fail } from '../../../../shared/domain/failures/catalogue.ts';
import type { DrainPolicy } from '../../../../shared/domain/policy.ts';
import type { Clock } from '../../../../shared/ports/clock.ts';
import type { ClusterApi, EvictionAnswer } from '../../../../shared/ports/cluster.ts';
import type { Fence } from '../../../../shared/ports/host.ts';
import { isCordonedByUs } from '../cordon.ts';
import { limiter } from './limit.ts';
import { Presence } from './presence.ts';

/** One visit's work on the pods of a node. */
export interface Eviction {
  readonly cluster: ClusterApi;
  readonly fence: Fence;
  readonly pods: readonly PodView[];
  readonly policy: DrainPolicy;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** When to stop, ms since the epoch, though pods are left. */
  readonly untilMs: number;
  guard(): Promise<void>;
}

/** A pod still on the node, as last seen, and the last answer to its eviction; null: none yet. */
export interface LeftPod {
  readonly pod: PodView;
  readonly answer: EvictionAnswer | null;
}

/** Evictions under way at once on one node. */
const AT_ONCE = 32;
/** Refused without a Retry-After: a budget may be free again at any moment, so ask soon, then more and more seldom. */
const RETRY_MIN_MS = 250;
const RETRY_MAX_MS = 5_000;
const CORDON_CHECK_MS = 5_000;

const TIME_IS_UP = new Error('time is up');

/**
 * Evicts the pods in parallel and waits until they are gone, over refusals, until `untilMs`. Returns those left: none
 * when all are gone; as soon as one proves impossible, all that are left. StepError `drain-cordon-lost` when the node
 * is uncordoned meanwhile.
 */
export async function evictPods(eviction: Eviction): Promise<LeftPod[]> {
  const { cluster, signal } = eviction;
  const end = new AbortController();
  // Every pod waits on it.
  setMaxListeners(0, end.signal);
  const stop = (): void => end.abort(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  const run = new Run(eviction, end.signal);
  const watching = run.presence.watch(cluster, end.signal);
  const work = Promise.all(eviction.pods.map(pod => run.remove(pod)));
  const others = [watching.then(() => never()), watchCordon(eviction, end.signal), timeIsUp(eviction, end.signal)];
  try {
    signal.throwIfAborted();
    await Promise.race([work, ...others]);
  } catch (error) {
    signal.throwIfAborted();
    if (error !== TIME_IS_UP) throw error;
  } finally {
    signal.removeEventListener('abort', stop);
    end.abort(TIME_IS_UP);
    await Promise.allSettled([work, watching, ...others.slice(1)]);
  }
  return run.left();
}

class Run {
  readonly presence: Presence;
  readonly #eviction: Eviction;
  readonly #signal: AbortSignal;
  readonly #answers = new Map<string, EvictionAnswer>();
  readonly #limit = limiter(AT_ONCE);
  #impossible = false;

  constructor(eviction: Eviction, signal: AbortSignal) {
    this.#eviction = eviction;
    this.#signal = signal;
    this.presence = new Presence(eviction.fence.node);
  }

  /** Resolves when the pod is gone, or when going on makes no sense. */
  async remove(pod: PodView): Promise<void> {
    for (let tries = 0; this.#isNeeded(pod) && !this.#impossible; tries++) {
      const answer = await this.#limit(() => this.#ask(pod));
      if (answer === null) return;
      this.#answers.set(pod.uid, answer);
      if (answer.kind === 'impossible') {
        this.#impossible = true;
        this.presence.wake();
        return;
      }
      await this.#pause(pod, answer, tries);
    }
  }

  left(): LeftPod[] {
    return this.#eviction.pods.flatMap(pod => {
      const now = this.presence.find(pod);
      if (!now || !this.#isNeeded(pod)) return [];
      return [{ pod: now, answer: this.#answers.get(pod.uid) ?? null }];
    });
  }

  /** null: not asked, it is not needed any more. */
  async #ask(pod: PodView): Promise<EvictionAnswer | null> {
    const { cluster, policy } = this.#eviction;
    if (this.#impossible || !this.#isNeeded(pod)) return null;
    await this.#eviction.guard();
    const options = { gracePeriodSeconds: policy.gracePeriodSeconds };
    return policy.disableEviction
      ? cluster.deletePod(pod, options, this.#signal)
      : cluster.evictPod(pod, options, this.#signal);
  }

  /** Until the pod is gone; if it was not accepted, at most until the next try. */
  async #pause(pod: PodView, answer: EvictionAnswer, tries: number): Promise<void> {
    const { clock } = this.#eviction;
    const fallbackMs = Math.min(RETRY_MIN_MS * 1.6 ** tries, RETRY_MAX_MS);
    const asked = 'retryAfterMs' in answer ? answer.retryAfterMs : null;
    const untilMs = clock.now() + (asked ?? fallbackMs);
    while (this.#isNeeded(pod) && !this.#impossible) {
      const now = this.presence.find(pod);
      // Accepted, or in a namespace that is being deleted: the kubelet has it, another eviction would change nothing.
      const leaves =
        answer.kind === 'accepted' || (answer.kind === 'namespace-terminating' && typeof now?.deletionMs === 'number');
      const waitMs = leaves ? this.#patience(pod) : untilMs - clock.now();
      if (waitMs !== null && waitMs <= 0) return;
      await this.presence.next(waitMs, clock, this.#signal);
    }
  }

  /** How long a terminating pod is still waited for; null: until it is gone. */
  #patience(pod: PodView): number | null {
    const limitMs = this.#eviction.policy.skipWaitForDeleteTimeoutSeconds * 1000;
    const deletionMs = this.presence.find(pod)?.deletionMs ?? null;
    if (limitMs <= 0 || deletionMs === null) return null;
    return Math.max(1, deletionMs + limitMs + 1 - this.#eviction.clock.now());
  }

  /** Still here, and not terminating for longer than the policy waits. */
  #isNeeded(pod: PodView): boolean {
    const now = this.presence.find(pod);
    if (!now) return false;
    const limitMs = this.#eviction.policy.skipWaitForDeleteTimeoutSeconds * 1000;
    return limitMs <= 0 || now.deletionMs === null || this.#eviction.clock.now() - now.deletionMs <= limitMs;
  }
}

async function watchCordon({ cluster, fence, clock }: Eviction, signal: AbortSignal): Promise<never> {
  for (;;) {
    await clock.sleep(CORDON_CHECK_MS, signal);
    const node = await readQuietly(cluster, fence.node, signal);
    if (node === 'unknown' || (node !== null && isCordonedByUs(node, fence))) continue;
    throw fail('drain-cordon-lost', {
      message: node === null ? `the Node ${fence.node} is gone` : `${fence.node} was uncordoned during its drain`,
      leftAs: 'some of its pods are evicted',
    });
  }
}

/** A passing trouble of the API is for the evictions to report. */
async function readQuietly(cluster: ClusterApi, node: string, signal: AbortSignal) {
  try {
    return await cluster.getNode(node, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (failureOf(error).retryable) return 'unknown';
    throw error;
  }
}

async function timeIsUp({ clock, untilMs }: Eviction, signal: AbortSignal): Promise<never> {
  await clock.sleep(Math.max(0, untilMs - clock.now()), signal);
  throw TIME_IS_UP;
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}
