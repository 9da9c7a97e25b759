import type { PodView } from '../../../../shared/domain/facts.ts';
import type { Clock } from '../../../../shared/ports/clock.ts';
import type { ClusterApi } from '../../../../shared/ports/cluster.ts';

interface Waiter {
  resolve(): void;
  reject(error: Error): void;
}

/** Which pods are on a node now, from one list and one watch; for as long as its signal is not aborted. */
export class Presence {
  readonly #node: string;
  readonly #signal: AbortSignal;
  #pods: ReadonlyMap<string, PodView> | null = null;
  /** By the UID of the pod waited for; empty: for the first list. */
  readonly #waiters = new Map<string, Set<Waiter>>();

  constructor(node: string, signal: AbortSignal) {
    this.#node = node;
    this.#signal = signal;
    // One listener for all who wait: hundreds of them would be slow to add and to take away.
    signal.addEventListener('abort', () => this.#end(), { once: true });
  }

  /** Watches until the signal aborts; rejects for what cannot heal. */
  async watch(cluster: ClusterApi): Promise<void> {
    await cluster.watchPodsOnNode(this.#node, pods => this.#see(pods), this.#signal);
  }

  /** The pods on the node; waits until they have been listed. Rejects with the signal's reason when aborted. */
  async pods(): Promise<readonly PodView[]> {
    if (this.#pods === null) await this.#turn('');
    return [...(this.#pods?.values() ?? [])].filter(pod => pod.nodeName === this.#node);
  }

  /** The pod as it is now: same UID, still on this node. undefined: gone, or never here. */
  find(pod: PodView): PodView | undefined {
    if (this.#pods === null) return pod;
    const now = this.#pods.get(pod.uid);
    return now?.nodeName === this.#node ? now : undefined;
  }

  /** Lets everyone who waits look again. */
  wake(): void {
    for (const uid of [...this.#waiters.keys()]) this.#wakeFor(uid);
  }

  /** Resolves at the next change of the pod, or after `ms`; rejects with the signal's reason when aborted. */
  async next(pod: PodView, ms: number | null, clock: Clock): Promise<void> {
    const turn = this.#turn(pod.uid);
    if (ms === null) return turn;
    const done = new AbortController();
    const time = clock.sleep(ms, done.signal);
    try {
      await Promise.race([turn, time]);
    } finally {
      // Whoever lost the race is listened to by nobody; the other is no error.
      done.abort();
      await Promise.allSettled([time]);
      turn.catch(() => undefined);
    }
  }

  /** Only those whose pod has changed are woken: with hundreds of pods the others are many. */
  #see(pods: readonly PodView[]): void {
    const before = this.#pods;
    this.#pods = new Map(pods.map(pod => [pod.uid, pod]));
    for (const uid of [...this.#waiters.keys()]) {
      if (uid === '' || before?.get(uid) !== this.#pods.get(uid)) this.#wakeFor(uid);
    }
  }

  #wakeFor(uid: string): void {
    const waiters = this.#waiters.get(uid);
    this.#waiters.delete(uid);
    for (const waiter of waiters ?? []) waiter.resolve();
  }

  #turn(uid: string): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#signal.aborted) return reject(this.#signal.reason as Error);
      const waiters = this.#waiters.get(uid) ?? new Set();
      this.#waiters.set(uid, waiters.add({ resolve, reject }));
    });
  }

  #end(): void {
    const all = [...this.#waiters.values()].flatMap(waiters => [...waiters]);
    this.#waiters.clear();
    for (const waiter of all) waiter.reject(this.#signal.reason as Error);
  }
}
