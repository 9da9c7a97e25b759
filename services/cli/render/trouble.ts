import type { NodeStatus, RolloutStatus } from '../../../shared/domain/status.ts';
import { dateTime, duration } from '../../../shared/domain/time/show.ts';
import { accountLines } from './account.ts';
import { line } from './line.ts';
import { isHeld } from './progress.ts';
import { oneLine, wrap } from './text.ts';
import type { Detail, View } from './view.ts';

/** Lines of one field at most. */
const FIELD_LINES = 6;

/** What a person should know and do, a paragraph for each node that failed, is held, or waits for what was looked into. */
export function troubleLines(
  status: RolloutStatus,
  detail: Pick<Detail, 'troubles' | 'accountLines'>,
  view: View,
): string[] {
  const nodes = Object.values(status.nodes);
  const troubled = nodes.filter(node => node.state === 'failed' || isHeld(node));
  const blocked = detail.accountLines > 0 ? nodes.filter(isBlocked) : [];
  const shown = [...troubled, ...blocked].slice(0, detail.troubles);
  const lines = shown.flatMap(node => ['', ...nodeTrouble(node, detail.accountLines, view)]);
  const rest = troubled.length - shown.filter(node => troubled.includes(node)).length;
  if (rest > 0)
    lines.push('', line([['bad', `… ${rest} more need a person: nodetide status`]], view.columns, view.paint));
  return lines;
}

/** Whether a node waits for something that was looked into. */
function isBlocked(node: NodeStatus): boolean {
  if (node.state !== 'claimed' || node.step === null) return false;
  const step = node.steps[node.step];
  return step.state === 'running' && step.account.length > 0;
}

/** Such a paragraph for one node; empty when nothing is wrong with it. `most`: lines of its account at most. */
export function nodeTrouble(node: NodeStatus, most: number, view: View): string[] {
  const where = `${node.cluster}/${node.node}`;
  if (isHeld(node)) return [head(`! ${where} is held`, view), ...field('why', node.reason, view)];
  const step = node.step === null ? null : node.steps[node.step];
  const account = (label: string) => accountLines(step?.account ?? [], { label, most, node: node.node }, view);
  if (isBlocked(node)) {
    const since = step?.startedAtMs ? `, which began ${duration(view.nowMs - step.startedAtMs)} ago` : '';
    return [line([['warn', `◌ ${where} waits in ${node.step}${since}`]], view.columns, view.paint), ...account('  ')];
  }
  if (node.state !== 'failed') return [];
  const failure = step?.failure ?? null;
  const endedAtMs = step?.endedAtMs ?? null;
  const at = endedAtMs === null ? '' : ` at ${dateTime(endedAtMs, view.timeZone)}`;
  return [
    head(`✗ ${where} failed in ${node.step ?? 'its chain'}${at}${failure ? ` (${failure.code})` : ''}`, view),
    ...field('what', failure?.message ?? node.reason, view),
    // The account says it all, and more.
    ...(most > 0 && step?.account.length ? account('  seen  ') : field('seen', failure?.seen, view)),
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
