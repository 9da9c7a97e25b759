import type { GateSettings } from '../domain/gate/settings.ts';
import type { GateSources } from './gate.ts';

/** Whose hold it is. */
export interface HoldOwner {
  readonly installation: string;
  readonly rollout: string;
}

/** What a hold works with besides its sources. */
export interface HoldMemory {
  readonly owner: HoldOwner;
  /** ms since the epoch. */
  readonly nowMs: number;
  /** What earlier calls kept, by whatever process; null: nothing. JSON-safe. */
  readonly kept: unknown;
  /** Resolves when it is kept. To be awaited before an act that only this memory can take back later. */
  remember(kept: unknown): Promise<void>;
}

/**
 * Something outside that is held as long as nodes of a cluster are away, and given back after: a lock, a flag. Every call
 * may come twice, from any process, and after a death in the midst of another.
 */
export interface GateHold<S extends GateSettings> {
  /** Whether these settings ask for it. */
  wanted(settings: S): boolean;
  /** Takes it, or renews what is ours already. null: it is held; else why it cannot be. Throws what its sources throw. */
  take(settings: S, from: GateSources, memory: HoldMemory): Promise<string | null>;
  /** Gives back what is ours, and nothing else. Throws what its sources throw: it is tried again. */
  release(settings: S, from: GateSources, memory: HoldMemory): Promise<void>;
}
