import type { PlanNode } from '../plan.ts';
import type { WindowPolicy } from '../window/window.ts';
import { statisticsOf } from './statistics.ts';
import { type ClusterTimes, kindOf } from './times.ts';

/** What a node is expected to take as long as too few of its kind are known. */
export const DEFAULT_NODE_TAKES_MS = 30 * 60_000;

/** What fewer nodes took says little about the next. */
export const ENOUGH_KNOWN = 5;

/** How long a node is expected to take, and in words for people, with where that comes from. */
export interface Expected {
  readonly ms: number;
  readonly words: string;
}

/** What windows must leave to a node: what the policy says, else what 95 % of its kind took, if enough are known. */
export function nodeTakes(
  { nodeTakesMs }: Pick<WindowPolicy, 'nodeTakesMs'>,
  node: Pick<PlanNode, 'controlPlane' | 'roles' | 'steps'>,
  times: ClusterTimes,
): Expected {
  if (nodeTakesMs !== null) return { ms: nodeTakesMs, words: `a node takes ${minutes(nodeTakesMs)} by nodeTakes` };
  const kind = kindOf(node);
  const known = statisticsOf(times[kind]);
  if (!known || known.count < ENOUGH_KNOWN) {
    const words = `a node takes ${minutes(DEFAULT_NODE_TAKES_MS)}, as long as fewer than ${ENOUGH_KNOWN} of its kind are known`;
    return { ms: DEFAULT_NODE_TAKES_MS, words };
  }
  const { p95 } = known.node;
  return { ms: p95, words: `a node (${kind}) takes ${minutes(p95)} by the last ${known.count}` };
}

function minutes(ms: number): string {
  return `${Math.ceil(ms / 60_000)} min`;
}
