import type { NodeStatus, RolloutStatus } from '../../../shared/domain/status.ts';
import { line } from './line.ts';
import { isHeld } from './progress.ts';
import { oneLine, wrap } from './text.ts';
import { dateTime } from './time.ts';
import type { View } from './view.ts';

/** Lines of one field at most. */
const FIELD_LINES = 6;

/** What a person should know and do, a paragraph for each node that failed or is held. */
export function troubleLines(status: RolloutStatus, limit: number, view: View): string[] {
  const troubled = Object.values(status.nodes).filter(node => node.state === 'failed' || isHeld(node));
  const lines = troubled.slice(0, limit).flatMap(node => ['', ...paragraph(node, view)]);
  const rest = troubled.length - Math.min(limit, troubled.length);
  if (rest > 0)
    lines.push('', line([['bad', `… ${rest} more need a person: nodetide status`]], view.columns, view.paint));
  return lines;
}

function paragraph(node: NodeStatus, view: View): string[] {
  const where = `${node.cluster}/${node.node}`;
  if (node.state !== 'failed') {
    return [head(`! ${where} is held`, view), ...field('why', node.reason, view)];
  }
  const step = node.step === null ? null : node.steps[node.step];
  const failure = step?.failure ?? null;
  const endedAtMs = step?.endedAtMs ?? null;
  const at = endedAtMs === null ? '' : ` at ${dateTime(endedAtMs, view.timeZone)}`;
  return [
    head(`✗ ${where} failed in ${node.step ?? 'its chain'}${at}${failure ? ` (${failure.code})` : ''}`, view),
    ...field('what', failure?.message ?? node.reason, view),
    ...field('seen', failure?.seen, view),
    ...field('left', failure?.leftAs, view),
    ...field('do', failure?.todo, view),
    ...field('then', `nodetide retry ${node.node}`, view),
  ];
}

/** Of what is too long the beginning and the end: the last a command said tells most. */
function middleCut(lines: readonly string[], most: number): readonly string[] {
  if (lines.length <= most) return lines;
  return [...lines.slice(0, 1), '…', ...lines.slice(lines.length - most + 2)];
}

function head(text: string, view: View): string {
  return line([['bad', text]], view.columns, view.paint);
}

function field(name: string, text: string | undefined, view: View): string[] {
  if (!text) return [];
  const lines = middleCut(wrap(oneLine(text), view.columns - 8), FIELD_LINES);
  return lines.map((each, index) => {
    const label = index === 0 ? `  ${name.padEnd(6)}` : ' '.repeat(8);
    return line([['dim', label], each], view.columns, view.paint);
  });
}
