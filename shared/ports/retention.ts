/** Which jobs a rollout may have: what is needed to name them. */
export interface RolloutParts {
  readonly clusters: readonly string[];
  /** `slots`: numbers of slots that were given, from 1. */
  readonly waves: readonly { readonly cluster: string; readonly wave: number; readonly slots: number }[];
  /** `rounds`: from 1; 0: never claimed. */
  readonly nodes: readonly { readonly cluster: string; readonly node: string; readonly rounds: number }[];
}

/**
 * Takes rollouts away that have ended. First *retire*: it is gone for everybody, and noted down to be removed; then its jobs;
 * last *forget*. Each is safe to repeat, and what was begun is found in `retired` after any crash.
 */
export interface RetentionStore {
  /** False: it has not ended, or there is none; nothing was changed. */
  retire(id: string): Promise<boolean>;
  /** Those whose removal has begun and has not ended. */
  retired(): Promise<string[]>;
  /** Of one that is retired. */
  parts(id: string): Promise<RolloutParts>;
  /** Removes plan, journal, nodes and all else that is kept of a retired one, in one go. What nodes took stays. */
  forget(id: string): Promise<void>;
}
