import { SETTLED_STATES } from '../../../shared/domain/events.ts';
import type { NodeStatus, RolloutStatus } from '../../../shared/domain/status.ts';

/** How far a set of nodes is. */
export interface Progress {
  readonly total: number;
  /** Done, skipped, excluded or aborted: nothing more is to do. */
  readonly settled: number;
  readonly done: number;
  readonly active: number;
  readonly failed: number;
  /** Wait for a person before they can be claimed. */
  readonly held: number;
}

/** Counts nodes. */
export function progressOf(nodes: readonly NodeStatus[]): Progress {
  const count = (test: (node: NodeStatus) => boolean): number => nodes.filter(test).length;
  return {
    total: nodes.length,
    settled: count(node => SETTLED_STATES.includes(node.state)),
    done: count(node => node.state === 'done'),
    active: count(node => node.state === 'claimed'),
    failed: count(node => node.state === 'failed'),
    held: count(isHeld),
  };
}

/** Whether a node waits for a person before it can be claimed. */
export function isHeld(node: NodeStatus): boolean {
  return node.state === 'pending' && node.reason !== '';
}

/** The nodes behind keys `cluster/node`. */
export function nodesOf(status: RolloutStatus, keys: readonly string[]): NodeStatus[] {
  return keys.map(key => status.nodes[key]).filter(node => node !== undefined);
}

/** A bar of `columns` columns: `━━━━────`. */
export function bar(part: number, total: number, columns: number): readonly [string, string] {
  const filled = total === 0 ? columns : Math.floor((part / total) * columns);
  return ['━'.repeat(filled), '─'.repeat(columns - filled)];
}
