import type { NodeStatus, StepStatus } from '../../../shared/domain/status.ts';
import { STEPS } from '../../../shared/domain/steps.ts';
import { duration } from '../../../shared/domain/time/show.ts';
import { line } from './line.ts';
import { painter } from './paint.ts';
import { table } from './table.ts';
import { oneLine, wrap } from './text.ts';
import { nodeTrouble } from './trouble.ts';
import type { View, ViewOptions } from './view.ts';

/** All there is to know about one node: its steps, and what it waits for or failed at in full. */
export function renderNode(node: NodeStatus, nowMs: number, options: ViewOptions): string[] {
  const { columns, colour, timeZone } = options;
  const view: View = {
    columns,
    paint: painter(colour),
    nowMs,
    timeZone,
    nameColumns: 0,
    wholeCommands: true,
    left: null,
  };
  const round = node.round === 0 ? 'not claimed yet' : `round ${node.round}`;
  const head = `${node.cluster}/${node.node}  ${node.state}, wave ${node.wave + 1}, ${round}`;
  const rows = STEPS.map(step => [
    step,
    node.steps[step].state,
    timeOf(node.steps[step], nowMs),
    node.steps[step].note,
  ]);
  const trouble = nodeTrouble(node, Number.POSITIVE_INFINITY, view);
  return [
    line([['strong', head]], columns, view.paint),
    '',
    ...table(['STEP', 'STATE', 'TIME', 'NOTE'], rows, columns),
    ...(node.warnings.length > 0 ? ['', ...node.warnings.flatMap(text => warning(text, view))] : []),
    ...(trouble.length > 0 ? ['', ...trouble] : []),
  ];
}

function warning(text: string, { columns, paint }: View): string[] {
  const lines = wrap(oneLine(text), columns - 2);
  return lines.map((each, index) => line([['warn', `${index === 0 ? '! ' : '  '}${each}`]], columns, paint));
}

function timeOf({ startedAtMs, endedAtMs }: StepStatus, nowMs: number): string {
  return startedAtMs === null ? '' : duration((endedAtMs ?? nowMs) - startedAtMs);
}
