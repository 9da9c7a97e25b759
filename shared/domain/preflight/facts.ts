import type { NodeView, PdbView, PodView } from '../facts.ts';
import type { NodeTerm } from '../placement.ts';

/** One cluster at one moment, as far as a preflight looks at it. */
export interface PreflightFacts {
  readonly nodes: readonly NodeView[];
  /** All pods of the cluster. */
  readonly pods: readonly PodView[];
  readonly budgets: readonly PdbView[];
  /** The DaemonSets there are, `namespace/name`; null: not known, every one is taken to be there. */
  readonly daemonSets: ReadonlySet<string> | null;
  /**
   * Where the volume behind a claim (`namespace/name`) can be reached; a claim that is not in it restricts nothing.
   * One list of terms for each restricted volume: one of its terms must hold.
   */
  readonly claims: ReadonlyMap<string, readonly NodeTerm[]>;
  /** When it was seen; ms since the epoch. */
  readonly seenAtMs: number;
}
