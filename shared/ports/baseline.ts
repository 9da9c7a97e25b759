import type { ProvenVersions } from '../domain/baseline.ts';

/** What earlier stages proved for one group of comparable hosts. */
export interface Proven {
  readonly versions: ProvenVersions;
  /** All groups they proved; without ours nothing can be compared. */
  readonly groups: readonly string[];
}

/** The versions that verified hosts of a rollout have, stage by stage. */
export interface Baseline {
  /** Whether a later stage asks for what this node proves. */
  readonly wanted: boolean;
  /** What the stages before the node's own proved; null: there are none. */
  proven(group: string): Promise<Proven | null>;
  /** Keeps what the node has installed, now that it is verified. Twice is as good as once. Throws when superseded. */
  prove(group: string, installed: ReadonlyMap<string, string>): Promise<void>;
}
