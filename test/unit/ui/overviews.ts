import type { DueSummary } from '../../../shared/domain/survey/survey.ts';
import type { AwayNode, ClusterOverview, Overview } from '../../../shared/domain/view/overview.ts';
import type { RolloutSummary } from '../../../shared/domain/view/summary.ts';
import type { WaitingItem } from '../../../shared/domain/view/waiting.ts';

/** Hosts on which nothing is due. */
export const NOTHING_DUE: DueSummary = {
  atMs: 1_000,
  asked: 8,
  unreachable: 0,
  updates: 0,
  reboots: 0,
  oldestBootAtMs: null,
  oldestPatchAtMs: null,
  kernels: [{ release: '6.1.0-25', nodes: 8 }],
};

/** Hosts on which something is. */
export const DUE: DueSummary = { ...NOTHING_DUE, updates: 3, reboots: 2, unreachable: 1 };

/** A node that is away. */
export const AWAY: AwayNode = { node: 'n1', rollout: 'r-1', step: 'drain', sinceMs: 1_000 };

/** Cluster `a` of 8 nodes, of which 2 may be away. */
export function cluster(of: Partial<ClusterOverview> = {}): ClusterOverview {
  return {
    fleet: 'f',
    name: 'a',
    stage: 'one',
    planned: true,
    kubernetes: true,
    zone: null,
    nodes: 8,
    maxUnavailable: 2,
    waves: [],
    away: [],
    due: NOTHING_DUE,
    window: null,
    nextStart: null,
    rollout: null,
    lastDoneAtMs: null,
    ...of,
  };
}

/** A rollout of cluster `a` that is done. */
export function rollout(of: Partial<RolloutSummary> = {}): RolloutSummary {
  const nodes = { total: 8, done: 8, failed: 0 };
  return {
    ...{ id: 'r-1', fleet: 'f', createdAtMs: 1_000, endedAtMs: 2_000, by: 'alice', state: 'done', clusters: ['a'] },
    nodes,
    ...of,
  };
}

/** One cluster that is well, and nothing else. */
export function overview(of: Partial<Overview> = {}): Overview {
  return { atMs: 10_000, clusters: [cluster()], rollouts: [], waiting: [], schedules: [], engines: [], ...of };
}

/** Something of rollout `r-1` that waits; `of`: what its kind asks for. */
export function waits(of: Partial<WaitingItem> & Pick<WaitingItem, 'kind'>): WaitingItem {
  return {
    rollout: 'r-1',
    fleet: 'f',
    sinceMs: 1_000,
    title: `${of.kind} waits`,
    reasons: [],
    needs: '',
    acts: [],
    ...of,
  } as WaitingItem;
}
