import type { NodeStatus } from '../../../../../../shared/domain/status.ts';
import type { StepName } from '../../../../../../shared/domain/steps.ts';

/** A piece of a step's log: its rows, and the number of the row after them. */
export interface LogPiece {
  readonly rows: readonly string[];
  readonly next: number;
}

/** What is there with a further piece, which may begin before the end of what is known. */
export function addPiece(known: readonly string[], { rows, next }: LogPiece): readonly string[] {
  const from = Math.max(0, next - rows.length);
  return rows.length === 0 && from === known.length ? known : [...known.slice(0, from), ...rows];
}

/** A line of a log: `said`: by the step itself; else what a command printed. */
export interface LogLine {
  readonly kind: 'said' | 'printed';
  readonly text: string;
}

/** The lines of rows; a row holds one or more. */
export function linesOf(rows: readonly string[]): LogLine[] {
  return rows.flatMap(row =>
    row
      .replace(/\n$/, '')
      .split('\n')
      .map(text => ({ kind: text.startsWith('»') ? ('said' as const) : ('printed' as const), text })),
  );
}

/** Whether a step of a round prints nothing more, as far as is known: it ended, or another round came after it. */
export function isOver(node: Pick<NodeStatus, 'round' | 'steps'>, step: StepName, round: number): boolean {
  const { state } = node.steps[step];
  return round < node.round || state === 'done' || state === 'failed' || state === 'skipped';
}
