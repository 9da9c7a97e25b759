import type { PodView } from '../../../../shared/domain/facts.ts';
import type { Clock } from '../../../../shared/ports/clock.ts';
import type { ClusterApi } from '../../../../shared/ports/cluster.ts';

/** Which pods are on a node now, from one list and one watch. */
export class Presence {
  readonly #node: string;
  #pods: ReadonlyMap<string, PodView> | null = null;
  readonly #waiters = new Map<string, Set<() => void>>();
  #onFirst: () => void = () => undefined;
  readonly #first = new Promise<void>(resolve => {
    this.#onFirst = resolve;
  });

  constructor(node: string) {
    this.#node = node;
  }

  /** Watches until the signal aborts; rejects for what cannot heal. */
  async watch(cluster: ClusterApi, signal: AbortSignal): Promise<void> {
    await cluster.watchPodsOnNode(this.#node, pods => this.#see(pods), signal);
  }

  /** The pods on the node; waits until they have been listed. Rejects with the signal's reason when aborted. */
  async pods(signal: AbortSignal): Promise<readonly PodView[]> {
    if (this.#pods === null) {
      await new Promise<void>((resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
        void this.#first.then(resolve);
      });
    }
    signal.throwIfAborted();
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
  async next(pod: PodView, ms: number | null, clock: Clock, signal: AbortSignal): Promise<void> {
    const done = new AbortController();
    const stop = (): void => done.abort(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    try {
      signal.throwIfAborted();
      await Promise.race([this.#change(pod.uid, done.signal), ...(ms === null ? [] : [clock.sleep(ms, done.signal)])]);
    } finally {
      signal.removeEventListener('abort', stop);
      done.abort(DONE);
    }
  }

  /** Only those whose pod has changed are woken: with hundreds of pods the others are many. */
  #see(pods: readonly PodView[]): void {
    const before = this.#pods;
    this.#pods = new Map(pods.map(pod => [pod.uid, pod]));
    this.#onFirst();
    for (const uid of [...this.#waiters.keys()]) {
      if (before?.get(uid) !== this.#pods.get(uid)) this.#wakeFor(uid);
    }
  }

  #wakeFor(uid: string): void {
    const waiters = this.#waiters.get(uid);
    this.#waiters.delete(uid);
    for (const waiter of waiters ?? []) waiter();
  }

  #change(uid: string, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiter = (): void => resolve();
      const waiters = this.#waiters.get(uid) ?? new Set();
      this.#waiters.set(uid, waiters.add(waiter));
      const stop = (): void => {
        waiters.delete(waiter);
        // The one who lost the race is listened to by nobody: an ended wait is no error.
        if (signal.reason === DONE) resolve();
        else reject(signal.reason as Error);
      };
      signal.addEventListener('abort', stop, { once: true });
    });
  }
}

const DONE = new Error('the wait is over');
