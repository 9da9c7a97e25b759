import { STEPS, type StepName } from '../../../../shared/domain/steps.ts';
import type { CellStep, NodeCell } from '../../../../shared/domain/view/cell.ts';

/** A cell of a node that waits for its turn, but for what is said. */
export function cell(more: Partial<NodeCell> = {}): NodeCell {
  return {
    cluster: 'dev',
    node: 'web-1',
    wave: 0,
    sequence: 1,
    controlPlane: false,
    state: 'pending',
    round: 0,
    step: null,
    attempt: 0,
    note: '',
    reason: '',
    failure: null,
    retryAtMs: null,
    claimedAtMs: null,
    endedAtMs: null,
    away: false,
    warnings: 0,
    steps: steps({}),
    ...more,
  };
}

/** Six steps, none begun but those that are named. */
export function steps(known: Readonly<Partial<Record<StepName, CellStep>>>): CellStep[] {
  return STEPS.map(step => known[step] ?? (['waiting', null, null] as const));
}

/** One that is in a step since 1000, taken at 500. */
export function away(step: StepName, more: Partial<NodeCell> = {}): NodeCell {
  return cell({
    state: 'claimed',
    away: true,
    round: 1,
    attempt: 1,
    step,
    claimedAtMs: 500,
    steps: steps({ [step]: ['running', 1_000, null] }),
    ...more,
  });
}
