import type { RolloutReader } from '../../../../shared/ports/store.ts';
import { Shared, type Watcher } from './shared.ts';

/** Hears that a journal has grown. */
export interface Listener {
  /** Rises with each event. */
  version(): number;
  /**
   * Resolves to true once the version is no longer `seen`, to false after `ms` or when the signal aborts. Rejects when the
   * journal cannot be followed any more.
   */
  grown(seen: number, ms: number, signal: AbortSignal): Promise<boolean>;
  leave(): void;
}

/** Tells when journals grow: one follower for each rollout, however many listen. */
export class Growth {
  readonly #follow: RolloutReader['follow'];
  readonly #feeds = new Map<string, Shared<unknown>>();

  constructor(reader: Pick<RolloutReader, 'follow'>) {
    this.#follow = (...asked) => reader.follow(...asked);
  }

  /** `after`: the journal's end as the caller saw it. The caller has to look once more before it waits. */
  listen(rollout: string, after: string): Listener {
    const feed = this.#feeds.get(rollout) ?? this.#begin(rollout, after);
    return listenerOf(feed.watch());
  }

  #begin(rollout: string, after: string): Shared<unknown> {
    const feed: Shared<unknown> = new Shared(
      signal => this.#follow(rollout, after, signal),
      () => {
        if (this.#feeds.get(rollout) === feed) this.#feeds.delete(rollout);
      },
    );
    this.#feeds.set(rollout, feed);
    return feed;
  }
}

function listenerOf(watcher: Watcher<unknown>): Listener {
  return {
    version: () => watcher.latest()?.version ?? 0,
    grown: (seen, ms, signal) => watcher.changed(seen, ms, signal),
    leave: () => watcher.leave(),
  };
}
