import type { DrainEscalation } from '../../../../shared/domain/events.ts';
import type { PodView } from '../../../../shared/domain/facts.ts';
import type { DrainPolicy } from '../../../../shared/domain/policy.ts';
import type { Clock } from '../../../../shared/ports/clock.ts';
import type { ClusterApi, EvictionAnswer } from '../../../../shared/ports/cluster.ts';
import { guardWindow } from './guard-window.ts';
import { limiter } from './limit.ts';
import type { Presence } from './presence.ts';
import type { RefusalBook } from './refusals.ts';
import { RetryPace } from './retry-pace.ts';

/** What the pods of a node are made to go with, during one visit. */
export interface EvictionTools {
  readonly cluster: ClusterApi;
  readonly policy: DrainPolicy;
  readonly clock: Clock;
  readonly presence: Presence;
  readonly refusals: RefusalBook;
  guard(): Promise<void>;
  /** Kept, and told to people, before it resolves. */
  tell(escalation: DrainEscalation): Promise<void>;
}

/** A pod still on the node, as last seen, and the last answer to its eviction; null: none yet. */
export interface LeftPod {
  readonly pod: PodView;
  readonly answer: EvictionAnswer | null;
}

/** Evictions under way at once on one node. */
const AT_ONCE = 32;

/** Makes the pods of a node go, in parallel, over refusals and trouble. One object for one visit. */
export class Evictor {
  readonly #tools: EvictionTools;
  readonly #signal: AbortSignal;
  readonly #guard: () => Promise<void>;
  readonly #answers = new Map<string, EvictionAnswer>();
  readonly #limit = limiter(AT_ONCE);
  readonly #pace = new RetryPace();
  #telling: Promise<void> = Promise.resolve();
  #impossible = false;

  constructor(tools: EvictionTools, signal: AbortSignal) {
    this.#tools = tools;
    this.#signal = signal;
    this.#guard = guardWindow(() => tools.guard(), tools.clock);
  }

  /**
   * Resolves when all are gone, or when one proves impossible, every pod having had its answer. Rejects with the
   * signal's reason, and with what the guard throws.
   */
  async remove(pods: readonly PodView[]): Promise<void> {
    await Promise.all(pods.map(pod => this.#remove(pod, pods)));
  }

  /** Whether an eviction was refused for good. */
  get isImpossible(): boolean {
    return this.#impossible;
  }

  /** Those of the pods that are still there. */
  left(pods: readonly PodView[]): LeftPod[] {
    return pods.flatMap(pod => {
      const now = this.#tools.presence.find(pod);
      if (!now || !this.#isNeeded(pod)) return [];
      return [{ pod: now, answer: this.#answers.get(pod.uid) ?? null }];
    });
  }

  async #remove(pod: PodView, group: readonly PodView[]): Promise<void> {
    for (let tries = 0; this.#isNeeded(pod) && !this.#impossible; tries++) {
      const answer = await this.#limit(() => this.#ask(pod, group, tries));
      if (answer === null) return;
      this.#answers.set(pod.uid, answer);
      this.#tools.refusals.enter(pod, answer, this.#tools.clock.now());
      if (answer.kind === 'impossible') {
        this.#impossible = true;
        this.#tools.presence.wake();
        return;
      }
      await this.#pause(pod, answer, tries, group.length);
    }
  }

  /** null: not asked, it is not needed any more. */
  async #ask(pod: PodView, group: readonly PodView[], tries: number): Promise<EvictionAnswer | null> {
    const { cluster, policy, clock, refusals } = this.#tools;
    if (this.#impossible || !this.#isNeeded(pod)) return null;
    const now = this.#tools.presence.find(pod);
    // A grace period of our own may be shorter than the one it has: 0 removes a pod whose kubelet is silent.
    const mayQuicken = tries === 0 && policy.gracePeriodSeconds >= 0;
    if (now && this.#isLeaving(now) && !mayQuicken) return { kind: 'accepted' };
    await this.#escalate(group);
    const options = { gracePeriodSeconds: policy.gracePeriodSeconds };
    if (!policy.disableEviction && !refusals.isToDelete(pod, clock.now())) {
      await this.#guard();
      return cluster.evictPod(pod, options, this.#signal);
    }
    // No budget is asked: each for itself.
    await this.#tools.guard();
    return cluster.deletePod(pod, options, this.#signal);
  }

  /** It terminates already, and asking again would not make that quicker. */
  #isLeaving({ deletionMs }: PodView): boolean {
    const { gracePeriodSeconds } = this.#tools.policy;
    if (deletionMs === null) return false;
    return gracePeriodSeconds < 0 || deletionMs <= this.#tools.clock.now() + gracePeriodSeconds * 1000;
  }

  /** Tells what is due, before any of it is done; one after another. */
  async #escalate(group: readonly PodView[]): Promise<void> {
    const { refusals, clock, presence } = this.#tools;
    if (refusals.isEmpty) return;
    const here = group.filter(pod => presence.find(pod) !== undefined);
    const due = refusals.takeDue(here, clock.now());
    if (due.length > 0) {
      this.#telling = this.#telling.then(async () => {
        for (const escalation of due) await this.#tools.tell(escalation);
      });
    }
    await this.#telling;
  }

  /** Until the pod is gone; if it was not accepted, at most until the next try. */
  async #pause(pod: PodView, answer: EvictionAnswer, tries: number, others: number): Promise<void> {
    const { clock, presence } = this.#tools;
    const asked = 'retryAfterMs' in answer ? answer.retryAfterMs : null;
    const untilMs = clock.now() + this.#pace.delayMs(tries, others, asked);
    while (this.#isNeeded(pod) && !this.#impossible) {
      const now = presence.find(pod);
      // An answer may have been lost: what the pod itself shows counts.
      const leaves = answer.kind === 'accepted' || (now !== undefined && this.#isLeaving(now));
      const waitMs = leaves ? this.#patience(pod) : untilMs - clock.now();
      if (waitMs !== null && waitMs <= 0) return;
      await presence.next(pod, waitMs, clock);
    }
  }

  /** How long a terminating pod is still waited for; null: until it is gone. */
  #patience(pod: PodView): number | null {
    const limitMs = this.#tools.policy.skipWaitForDeleteTimeoutSeconds * 1000;
    const deletionMs = this.#tools.presence.find(pod)?.deletionMs ?? null;
    if (limitMs <= 0 || deletionMs === null) return null;
    return Math.max(1, deletionMs + limitMs + 1 - this.#tools.clock.now());
  }

  /** Still here, and not terminating for longer than the policy waits. */
  #isNeeded(pod: PodView): boolean {
    const { presence, policy, clock } = this.#tools;
    const now = presence.find(pod);
    if (!now) return false;
    const limitMs = policy.skipWaitForDeleteTimeoutSeconds * 1000;
    return limitMs <= 0 || now.deletionMs === null || clock.now() - now.deletionMs <= limitMs;
  }
}
