import type { PodView } from '../../../../shared/domain/facts.ts';
import type { Clock } from '../../../../shared/ports/clock.ts';
import type { ClusterApi } from '../../../../shared/ports/cluster.ts';

/** Which pods are on a node now, from one watch. */
export class Presence {
  readonly #node: string;
  #pods: ReadonlyMap<string, PodView> | null = null;
  #waiters = new Set<() => void>();

  constructor(node: string) {
    this.#node = node;
  }

  /** Watches until the signal aborts; rejects for what cannot heal. */
  async watch(cluster: ClusterApi, signal: AbortSignal): Promise<void> {
    await cluster.watchPodsOnNode(
      this.#node,
      pods => {
        this.#pods = new Map(pods.map(pod => [pod.uid, pod]));
        this.wake();
      },
      signal,
    );
  }

  /** The pod as it is now: same UID, still on this node. undefined: gone, or never here. */
  find(pod: PodView): PodView | undefined {
    if (this.#pods === null) return pod;
    const now = this.#pods.get(pod.uid);
    return now?.nodeName === this.#node ? now : undefined;
  }

  /** Lets everyone who waits look again. */
  wake(): void {
    const waiters = this.#waiters;
    this.#waiters = new Set();
    for (const waiter of waiters) waiter();
  }

  /** Resolves at the next change, or after `ms`; rejects with the signal's reason when aborted. */
  async next(ms: number | null, clock: Clock, signal: AbortSignal): Promise<void> {
    const done = new AbortController();
    const stop = (): void => done.abort(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    try {
      signal.throwIfAborted();
      await Promise.race([this.#change(done.signal), ...(ms === null ? [] : [clock.sleep(ms, done.signal)])]);
    } finally {
      signal.removeEventListener('abort', stop);
      done.abort(DONE);
    }
  }

  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiter = (): void => resolve();
      this.#waiters.add(waiter);
      const stop = (): void => {
        this.#waiters.delete(waiter);
        // The one who lost the race is listened to by nobody: an ended wait is no error.
        if (signal.reason === DONE) resolve();
        else reject(signal.reason as Error);
      };
      signal.addEventListener('abort', stop, { once: true });
    });
  }
}

const DONE = new Error('the wait is over');
