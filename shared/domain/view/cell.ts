import type { NodeState } from '../events.ts';
import type { StepStatus } from '../status.ts';
import type { StepName } from '../steps.ts';

/** One step as a cell shows it: its state, and when it began and ended, ms since the epoch. */
export type CellStep = readonly [state: StepStatus['state'], startedAtMs: number | null, endedAtMs: number | null];

/** A node as pages of a whole rollout show it: a status without proofs and accounts. */
export interface NodeCell {
  readonly cluster: string;
  readonly node: string;
  /** From 0 within its cluster. */
  readonly wave: number;
  readonly sequence: number | null;
  readonly controlPlane: boolean;
  readonly state: NodeState;
  /** 0: never claimed. */
  readonly round: number;
  /** The step it is in, or was in last. */
  readonly step: StepName | null;
  /** Of that step. */
  readonly attempt: number;
  /** What the step does, waits for or failed at; one line, may be empty. */
  readonly note: string;
  /** Why it waits, failed, or was left out; empty otherwise. */
  readonly reason: string;
  /** Code of the failure it stands at; null: none. */
  readonly failure: string | null;
  readonly retryAtMs: number | null;
  readonly claimedAtMs: number | null;
  readonly endedAtMs: number | null;
  /** Whether it holds a slot. */
  readonly away: boolean;
  readonly warnings: number;
  /** The six steps in order. */
  readonly steps: readonly CellStep[];
}
