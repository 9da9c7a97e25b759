import { nodeTakes } from '../durations/node-takes.ts';
import { type Statistics, statisticsOf } from '../durations/statistics.ts';
import { type ClusterTimes, kindOf } from '../durations/times.ts';
import { SETTLED_STATES } from '../events.ts';
import type { PlanNode } from '../plan.ts';
import type { NodeStatus } from '../status.ts';
import { STEPS } from '../steps.ts';
import type { WindowPolicy } from '../window/window.ts';

/** What is left to do on a node. */
export interface NodeWork {
  readonly state: 'queued' | 'away' | 'over';
  readonly leftMs: number;
  /** How much of its window it needs to begin. */
  readonly needsMs: number;
  /** How long it is reckoned to take in all. */
  readonly takesMs: number;
  /** Whether nodes of its kind were upgraded before in its cluster; else it is a guess. */
  readonly isKnown: boolean;
}

/**
 * Says what is left of the nodes of a cluster; what nodes took is counted once for each kind. Of a kind that its cluster has
 * no `times` of, those of the `others` are the best guess, and the settings where there are none.
 */
export function worksOf(
  window: WindowPolicy,
  times: ClusterTimes,
  others: readonly ClusterTimes[],
): (node: PlanNode, status: NodeStatus | undefined, nowMs: number) => NodeWork {
  const kinds = new Map<string, Kind>();
  return (node, status, nowMs) => {
    const name = kindOf(node);
    const kind = kinds.get(name) ?? kindFrom(name, times, others, nodeTakes(window, node, times).ms);
    kinds.set(name, kind);
    const { likely, needsMs, isKnown } = kind;
    const takesMs = likely?.node.median ?? needsMs;
    const base = { needsMs, takesMs, isKnown };
    if (status && SETTLED_STATES.includes(status.state)) return { ...base, state: 'over', leftMs: 0 };
    if (!status || status.state === 'pending') {
      return { ...base, state: 'queued', leftMs: takesMs };
    }
    return { ...base, state: 'away', leftMs: leftOf(status, likely, needsMs, nowMs) };
  };
}

interface Kind extends Pick<NodeWork, 'needsMs' | 'isKnown'> {
  /** Of its cluster, or else of others. */
  readonly likely: Statistics | undefined;
}

function kindFrom(name: string, times: ClusterTimes, others: readonly ClusterTimes[], needsMs: number): Kind {
  const known = statisticsOf(times[name]);
  return {
    likely: known ?? statisticsOf(others.flatMap(other => other[name] ?? [])),
    needsMs,
    isKnown: known !== undefined,
  };
}

/** A step that takes longer than usual is about to end, for all that is known. */
function leftOf(status: NodeStatus, likely: Statistics | undefined, needsMs: number, nowMs: number): number {
  if (!likely) return Math.max(0, needsMs - (nowMs - (status.claimedAtMs ?? nowMs)));
  return STEPS.reduce((sum, name) => {
    const { state, startedAtMs } = status.steps[name];
    if (state === 'done' || state === 'skipped') return sum;
    const spentMs = state === 'running' ? nowMs - (startedAtMs ?? nowMs) : 0;
    return sum + Math.max(0, (likely.steps.median[name] ?? 0) - spentMs);
  }, 0);
}
