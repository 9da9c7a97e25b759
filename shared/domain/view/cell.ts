import type { NodeStatus, StepStatus } from '../status.ts';
import { STEPS } from '../steps.ts';

/** One step as a cell shows it: its state, and when it began and ended, ms since the epoch. */
export type CellStep = readonly [state: StepStatus['state'], startedAtMs: number | null, endedAtMs: number | null];

/** What a cell shows as it is in the status. */
type Shown = Pick<
  NodeStatus,
  | 'cluster'
  | 'node'
  | 'wave'
  | 'sequence'
  | 'controlPlane'
  | 'state'
  | 'round'
  | 'step'
  | 'reason'
  | 'claimedAtMs'
  | 'endedAtMs'
>;

/** A node as pages of a whole rollout show it: a status without proofs and accounts. */
export interface NodeCell extends Shown {
  /** Of the step it is in, or was in last. */
  readonly attempt: number;
  /** What that step does, waits for or failed at; one line, may be empty. */
  readonly note: string;
  /** Code of the failure it stands at; null: none. */
  readonly failure: string | null;
  readonly retryAtMs: number | null;
  /** Whether it holds a slot. */
  readonly away: boolean;
  readonly warnings: number;
  /** The six steps in order. */
  readonly steps: readonly CellStep[];
}

const cells = new WeakMap<NodeStatus, NodeCell>();

/** The cell of a node; for the same status the very same cell, so that what has not changed is seen at a glance. */
export function cellOf(status: NodeStatus): NodeCell {
  const known = cells.get(status);
  if (known) return known;
  const cell = newCell(status);
  cells.set(status, cell);
  return cell;
}

function newCell(status: NodeStatus): NodeCell {
  const { cluster, node, wave, sequence, controlPlane, state, round, step, reason, claimedAtMs, endedAtMs } = status;
  const now = step === null ? null : status.steps[step];
  return {
    cluster,
    node,
    wave,
    sequence,
    controlPlane,
    state,
    round,
    step,
    attempt: now?.attempt ?? 0,
    note: now?.note ?? '',
    reason,
    failure: now?.failure?.code ?? null,
    retryAtMs: now?.retryAtMs ?? null,
    claimedAtMs,
    endedAtMs,
    away: status.slot !== null,
    warnings: status.warnings.length,
    steps: STEPS.map(name => cellStep(status.steps[name])),
  };
}

function cellStep({ state, startedAtMs, endedAtMs }: StepStatus): CellStep {
  return [state, startedAtMs, endedAtMs];
}
