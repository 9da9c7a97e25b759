import type { NodeStatus, StepStatus } from '../../../shared/domain/status.ts';
import { STEPS } from '../../../shared/domain/steps.ts';
import { duration } from '../../../shared/domain/time/show.ts';
import { line, type Piece } from './line.ts';
import { oneLine, pad } from './text.ts';
import type { View } from './view.ts';

const STEP_COLUMNS = Math.max(...STEPS.map(step => step.length), 'recovering'.length);

/** The line of a node that is away, failed or held. */
export function nodeLine(node: NodeStatus, view: View): string {
  const { word, tone, step } = phaseOf(node);
  const since = sinceMs(node, step);
  const elapsed = since === null ? '' : duration(view.nowMs - since);
  const name = pad(node.node, view.nameColumns);
  const note = noteOf(node, step, view.nowMs);
  return line(
    [
      '      ',
      [tone, `${node.state === 'failed' ? '✗' : '▸'} ${name}`],
      [node.controlPlane ? 'warn' : 'plain', node.controlPlane ? ' cp ' : '    '],
      [tone, pad(word, STEP_COLUMNS)],
      ` ${pad(elapsed, 7, 'right')}  `,
      ['dim', note],
    ],
    view.columns,
    view.paint,
  );
}

/** The counts of nodes that get no line: `… 7 more: 3 upgrade, 4 verify`. */
export function moreLine(nodes: readonly NodeStatus[], view: View): string {
  const counts = new Map<string, number>();
  for (const node of nodes) {
    const { word } = phaseOf(node);
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const parts = [...counts].map(([word, count]) => `${count} ${word}`).join(', ');
  const pieces: Piece[] = [['dim', `      … ${nodes.length} more: ${parts}`]];
  return line(pieces, view.columns, view.paint);
}

/** What a node is at, in a word. */
export function phaseOf(node: NodeStatus): { word: string; tone: 'active' | 'bad' | 'warn'; step: StepStatus | null } {
  const step = node.step === null ? null : node.steps[node.step];
  if (node.state === 'failed') return { word: node.step ?? 'failed', tone: 'bad', step };
  if (node.state === 'pending') return { word: 'held', tone: 'warn', step: null };
  if (node.step === null) return { word: 'starting', tone: 'active', step: null };
  const over = step?.state === 'done' || step?.state === 'skipped';
  if (node.step === 'uncordon' && over) return { word: 'recovering', tone: 'active', step };
  return { word: node.step, tone: step?.failure && step.state !== 'running' ? 'warn' : 'active', step };
}

function sinceMs(node: NodeStatus, step: StepStatus | null): number | null {
  if (node.state === 'failed') return step?.endedAtMs ?? step?.startedAtMs ?? null;
  return step?.endedAtMs ?? step?.startedAtMs ?? node.claimedAtMs;
}

function noteOf(node: NodeStatus, step: StepStatus | null, nowMs: number): string {
  if (node.state === 'failed') return oneLine(`failed: ${step?.failure?.message ?? node.reason}`);
  const parts: string[] = [];
  if (step && step.attempt > 1) parts.push(`attempt ${step.attempt}`);
  const againInMs = (step?.retryAtMs ?? nowMs) - nowMs;
  if (againInMs > 0) parts.push(`again in ${duration(againInMs)}`);
  if (step?.failure && step.state !== 'running') parts.push(step.failure.message);
  else if (node.reason !== '') parts.push(node.reason);
  else if (step && step.note !== '') parts.push(step.note);
  // The line is short, and that it waits shows.
  return oneLine(parts.join(' · ').replace(/(^| · )waiting for /, '$1'));
}
