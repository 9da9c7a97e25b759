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
  /** Whether nodes of its kind were upgraded before; else the settings are all there is. */
  readonly isKnown: boolean;
}

/** Says what is left of the nodes of a cluster; what nodes took is counted once for each kind. */
export function worksOf(
  window: WindowPolicy,
  times: ClusterTimes,
): (node: PlanNode, status: NodeStatus | undefined, nowMs: number) => NodeWork {
  const kinds = new Map<string, { known: Statistics | undefined; needsMs: number }>();
  return (node, status, nowMs) => {
    const name = kindOf(node);
    const kind = kinds.get(name) ?? { known: statisticsOf(times[name]), needsMs: nodeTakes(window, node, times).ms };
    kinds.set(name, kind);
    const { known, needsMs } = kind;
    const base = { needsMs, isKnown: known !== undefined };
    if (status && SETTLED_STATES.includes(status.state)) return { ...base, state: 'over', leftMs: 0 };
    if (!status || status.state === 'pending') {
      return { ...base, state: 'queued', leftMs: known?.node.median ?? needsMs };
    }
    return { ...base, state: 'away', leftMs: leftOf(status, known, needsMs, nowMs) };
  };
}

/** A step that takes longer than usual is about to end, for all that is known. */
function leftOf(status: NodeStatus, known: Statistics | undefined, needsMs: number, nowMs: number): number {
  if (!known) return Math.max(0, needsMs - (nowMs - (status.claimedAtMs ?? nowMs)));
  return STEPS.reduce((sum, name) => {
    const { state, startedAtMs } = status.steps[name];
    if (state === 'done' || state === 'skipped') return sum;
    const spentMs = state === 'running' ? nowMs - (startedAtMs ?? nowMs) : 0;
    return sum + Math.max(0, (known.steps.median[name] ?? 0) - spentMs);
  }, 0);
}
