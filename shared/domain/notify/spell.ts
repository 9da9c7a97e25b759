import type { StepName } from '../steps.ts';

/** Why something cannot go on. */
export type SpellKind = 'wave' | 'cluster' | 'step' | 'failed' | 'approval' | 'paused';

/** A stretch of time in which something could not go on. */
export interface Spell {
  readonly kind: SpellKind;
  /** The same as long as it lasts, and never again: of the event it began with. */
  readonly key: string;
  readonly sinceMs: number;
  /** Empty: the rollout as a whole. */
  readonly cluster: string;
  readonly stage: string;
  /** -1: none. */
  readonly wave: number;
  readonly node: string;
  readonly step: StepName | null;
  /** What waits, in few words: `wave dev/1`. */
  readonly what: string;
  /** A line each, as they are now. */
  readonly reasons: readonly string[];
  /** What a person can do; empty: nothing is known. */
  readonly todo: string;
}

/** Waits that somebody planned, or that are told as something else. */
const PLANNED: readonly RegExp[] = [
  /^approval of /,
  // Beginnings only: gates and nodes may be called so.
  /^soak after /,
  /^recovery after \S+: well, soaking$/,
  /^all checks hold; soaking for /,
  /^(?:hook \S+: )?the rollout (?:is |stops: )/,
  /^the first node of the wave goes alone: /,
];

/** What is left of reasons once those that were planned are taken out. */
export function troublesOf(reasons: readonly string[]): readonly string[] {
  return reasons.filter(reason => !PLANNED.some(planned => planned.test(reason)));
}
