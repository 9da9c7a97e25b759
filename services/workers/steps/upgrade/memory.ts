import type { LeftPackage } from '../../../../shared/domain/proof.ts';
import type { DrainMemory } from '../../common/drain/memory.ts';

/** What the upgrade step keeps in a round. */
export interface UpgradeMemory {
  /** 0: no command was started yet. */
  readonly execNo: number;
  /** How the last execution ended, as far as recorded; null: not known to have ended, so the next attempt attaches. */
  readonly ended: { readonly kind: 'exited'; readonly exitCode: number } | { readonly kind: 'cut' } | null;
  /** Installed packages before the first execution; null: cannot be told on this host. */
  readonly packagesBefore: Readonly<Record<string, string>> | null;
  /** What was seen to be left before the first execution. Missing: nothing, or it cannot be told. */
  readonly left?: readonly LeftPackage[];
  /** A drain done by this step, because the one before it no longer held. */
  readonly drain: DrainMemory | null;
}

export const NOTHING_YET: UpgradeMemory = { execNo: 0, ended: null, packagesBefore: null, drain: null };
