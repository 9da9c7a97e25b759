import type { StepName } from '../steps.ts';

/** What a hook goes around. */
export type HookTarget = StepName | 'node' | 'wave' | 'cluster';

/** How a step, node, wave or cluster ended. Waves and clusters end as `done` or `aborted`. */
export const HOOK_OUTCOMES = ['done', 'failed', 'skipped', 'aborted'] as const;
/** One of {@link HOOK_OUTCOMES}. */
export type HookOutcome = (typeof HOOK_OUTCOMES)[number];

/** A command of the operators' own, run before or after a step, node, wave or cluster. It may run twice. */
export interface Hook {
  /** Unique among the hooks of a cluster's policy. */
  readonly name: string;
  readonly when: 'before' | 'after';
  readonly of: HookTarget;
  /** The machine nodetide runs on, or the node's host (as root). Hooks of waves and clusters: always `control`. */
  readonly on: 'control' | 'host';
  /** POSIX sh text; it never holds data: that is in the environment. */
  readonly run: string;
  readonly timeoutMs: number;
  /** How often it is tried before its failure counts, at least 1. */
  readonly attempts: number;
  /** What its failure does: nothing goes on, or it is told and passed over. */
  readonly onFailure: 'stop' | 'warn';
  /** For `after`: the ends it runs at. For `before`: empty. */
  readonly outcomes: readonly HookOutcome[];
}

/** Whether a hook belongs to the policy of a node; else to that of a cluster. */
export function isNodeHook({ of }: Pick<Hook, 'of'>): boolean {
  return of !== 'wave' && of !== 'cluster';
}
