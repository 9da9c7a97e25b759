import { nodeKey } from '../../shared/domain/names.ts';
import type { EngineStore, StepRef } from '../../shared/ports/engine-store.ts';
import { Interrupted } from './interrupted.ts';

/** Between two looks at the nodes that are in a visit. */
const LOOK_MS = 1_000;

interface Watched {
  readonly rollout: string;
  readonly ref: StepRef;
  readonly end: AbortController;
}

/** A visit that is watched. */
export interface FlagSignal {
  /** Aborted with Interrupted `flagged` within about a second after a person asked to skip the node or to abort. */
  readonly signal: AbortSignal;
  /** Nobody listens any more. */
  stop(): void;
}

/**
 * Looks for the wishes of people while steps are in a visit: all nodes at hand by one read a second, so that nothing is
 * lost that a broadcast could lose. Without visits it does nothing.
 */
export class FlagWatch {
  readonly #store: Pick<EngineStore, 'nodes'>;
  readonly #lookMs: number;
  readonly #watched = new Set<Watched>();
  #timer: NodeJS.Timeout | null = null;

  constructor(store: Pick<EngineStore, 'nodes'>, lookMs = LOOK_MS) {
    this.#store = store;
    this.#lookMs = lookMs;
  }

  follow(rollout: string, ref: StepRef): FlagSignal {
    const watched: Watched = { rollout, ref, end: new AbortController() };
    this.#watched.add(watched);
    this.#wait();
    return { signal: watched.end.signal, stop: () => this.#watched.delete(watched) };
  }

  #wait(): void {
    if (this.#timer || this.#watched.size === 0) return;
    this.#timer = setTimeout(() => void this.#look(), this.#lookMs);
    // A process that has nothing else to do may end.
    this.#timer.unref();
  }

  async #look(): Promise<void> {
    const rollouts = new Map<string, Watched[]>();
    for (const watched of this.#watched)
      rollouts.set(watched.rollout, [...(rollouts.get(watched.rollout) ?? []), watched]);
    // While Redis is away nobody can ask for anything: the next look tells.
    await Promise.allSettled([...rollouts].map(([rollout, visits]) => this.#ask(rollout, visits)));
    this.#timer = null;
    this.#wait();
  }

  async #ask(rollout: string, visits: readonly Watched[]): Promise<void> {
    const keys = visits.map(({ ref }) => nodeKey(ref.cluster, ref.node));
    const records = await this.#store.nodes(rollout, keys);
    for (const [at, { ref, end }] of visits.entries()) {
      const record = records[at];
      if (record && record.round === ref.round && record.flag !== '') end.abort(new Interrupted('flagged'));
    }
  }
}
