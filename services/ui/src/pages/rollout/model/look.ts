import { SETTLED_STATES } from '../../../../../../shared/domain/events.ts';
import { STEPS, type StepName } from '../../../../../../shared/domain/steps.ts';
import { duration } from '../../../../../../shared/domain/time/show.ts';
import type { NodeCell } from '../../../../../../shared/domain/view/cell.ts';
import type { PictureCluster } from '../../../../../../shared/domain/view/picture.ts';
import { type Group, groupOf, isWaiting } from '../../../lib/group.ts';

/** A step that takes this many times what it usually does is marked. */
const OVER_FACTOR = 1.5;
/** Below this nobody would call a step slow. */
const OVER_MS = 5_000;

/** How a node is shown. */
export interface Look {
  readonly group: Group;
  /** One character that tells the group without colour; of an away node the number of its step. */
  readonly sign: string;
  /** What it is at, in a word or two. */
  readonly word: string;
  /** Since when it is at that, or how long all of it took; null: neither. */
  readonly tookMs: number | null;
  /** What the step takes as a rule; null: not known, or it is in none. */
  readonly usualMs: number | null;
  readonly isOver: boolean;
  /** Attempt, next attempt, why it waits or failed; empty: nothing worth telling. */
  readonly note: string;
}

const SIGNS: Readonly<Record<Group, string>> = {
  done: '✓',
  away: '●',
  failed: '✗',
  held: '◌',
  'left-out': '–',
  pending: '○',
};

/** How a node is shown now. `usual`: what steps take on its cluster. */
export function lookOf(cell: NodeCell, usual: PictureCluster['usualMs'], nowMs: number): Look {
  const group = groupOf(cell);
  const at = cell.step === null ? -1 : STEPS.indexOf(cell.step);
  const isRunning = group === 'away' && at >= 0 && !isOver(cell, at);
  const tookMs = tookOf(cell, at, nowMs);
  const usualMs = isRunning && cell.step ? (usual[cell.step] ?? null) : null;
  return {
    group,
    sign: group === 'away' && at >= 0 ? String(at + 1) : SIGNS[group],
    word: wordOf(cell, at),
    tookMs,
    usualMs,
    isOver: usualMs !== null && tookMs !== null && tookMs > Math.max(OVER_MS, usualMs * OVER_FACTOR),
    note: noteOf(cell, nowMs),
  };
}

/** A node in words, for those who do not see its cell. */
export function labelOf(cell: NodeCell, look: Look): string {
  const took = look.tookMs === null ? '' : `, ${duration(look.tookMs)}`;
  const usual = look.usualMs === null ? '' : ` of usually ${duration(look.usualMs)}`;
  const over = look.isOver ? ', longer than usual' : '';
  const role = cell.controlPlane ? ', control plane' : '';
  const warnings = cell.warnings === 0 ? '' : `, ${warningText(cell.warnings)}`;
  const note = look.note === '' ? '' : `: ${look.note}`;
  return `${cell.cluster}/${cell.node}${role}, ${stateText(look)}${took}${usual}${over}${warnings}${note}`;
}

/** `2 warnings`. */
export function warningText(count: number): string {
  return count === 1 ? '1 warning' : `${count} warnings`;
}

function stateText({ group, word }: Look): string {
  if (group === 'failed') return `failed in ${word}`;
  return group === 'away' ? `away, ${word}` : word;
}

function isOver(cell: NodeCell, at: number): boolean {
  const state = cell.steps[at]?.[0];
  return state === 'done' || state === 'skipped';
}

function wordOf(cell: NodeCell, at: number): string {
  if (cell.state === 'failed') return cell.step ?? 'failed';
  if (cell.state === 'pending') return cell.reason === '' ? 'to go' : 'held';
  if (cell.state === 'done') return cell.away ? 'done, recovering' : 'done';
  if (cell.state !== 'claimed') return cell.state;
  const step: StepName | undefined = STEPS[at];
  if (step === undefined) return 'starting';
  return step === 'uncordon' && isOver(cell, at) ? 'recovering' : step;
}

function tookOf(cell: NodeCell, at: number, nowMs: number): number | null {
  if (SETTLED_STATES.includes(cell.state)) {
    return cell.claimedAtMs === null || cell.endedAtMs === null ? null : cell.endedAtMs - cell.claimedAtMs;
  }
  if (cell.state === 'pending') return null;
  const [, startedAtMs = null, endedAtMs = null] = cell.steps[at] ?? [];
  const sinceMs = endedAtMs ?? startedAtMs ?? cell.claimedAtMs;
  return sinceMs === null ? null : Math.max(0, nowMs - sinceMs);
}

function noteOf(cell: NodeCell, nowMs: number): string {
  if (cell.state === 'failed') return cell.reason === '' ? (cell.failure ?? '') : cell.reason;
  if (cell.state !== 'claimed') return cell.reason;
  const againInMs = (cell.retryAtMs ?? nowMs) - nowMs;
  const parts = [
    cell.attempt > 1 ? `attempt ${cell.attempt}` : '',
    againInMs > 0 ? `again in ${duration(againInMs)}` : '',
    isWaiting(cell) ? cell.reason : cell.note,
  ];
  return parts.filter(Boolean).join(' · ');
}
