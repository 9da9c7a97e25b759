import type { Estimate } from '../estimate/estimate.ts';
import { type Plan, type PlanProblem, planClusters, planNodes } from '../plan.ts';
import type { Narrow } from '../plan-build/narrow.ts';
import type { PreflightReport } from '../preflight/finding.ts';

/** What somebody asked a plan for. */
export interface DraftRequest {
  readonly narrow: Narrow;
  /** Whether every host is asked as well what there is to do on it. */
  readonly updates: boolean;
}

/** A draft that was made longer ago begins no rollout: the fleet may have changed. */
export const DRAFT_FRESH_MS = 3_600_000;

/** How a plan differs from the latest rollout's plan that shares a cluster with it. */
export interface PlanComparison {
  readonly rollout: string;
  /** A line each, for people: nodes added and gone, waves changed, settings changed. Empty: the same. */
  readonly lines: readonly string[];
}

/** A plan that was made on the server and has not begun. */
export interface Draft {
  readonly id: string;
  readonly by: string;
  readonly askedAtMs: number;
  readonly request: DraftRequest;
  /** Of which it is made: only a scheduler that has this one makes it. */
  readonly fleetFile: string;
  readonly state: 'asked' | 'making' | 'ready' | 'refused';
  /** When it was ready or refused, by the store's clock; null: not yet. */
  readonly madeAtMs: number | null;
  /** Why there is no plan; a line each. */
  readonly problems: readonly PlanProblem[];
  readonly notes: readonly string[];
  readonly plan: Plan | null;
  readonly preflight: PreflightReport | null;
  readonly estimate: Estimate | null;
  /** null: there is no earlier one. */
  readonly comparison: PlanComparison | null;
  /** By `cluster/node`, one line each: what there is to do on it. Empty: the hosts were not asked. */
  readonly due: Readonly<Record<string, string>>;
  /** The rollout that began with it; null: none. */
  readonly rollout: string | null;
}

/** A draft without what makes it large. */
export interface DraftSummary
  extends Pick<Draft, 'id' | 'by' | 'askedAtMs' | 'madeAtMs' | 'request' | 'state' | 'problems' | 'rollout'> {
  readonly fleet: string;
  /** In plan order; empty: there is no plan. */
  readonly clusters: readonly string[];
  readonly nodes: number;
  /** Of its preflight. */
  readonly blockers: number;
}

/** A draft of which nothing was made. */
export const NOTHING_MADE = {
  problems: [],
  notes: [],
  plan: null,
  preflight: null,
  estimate: null,
  comparison: null,
  due: {},
} as const satisfies Partial<Draft>;

/** A draft in few words. */
export function draftSummary({ plan, preflight, ...draft }: Draft): DraftSummary {
  const { id, by, askedAtMs, madeAtMs, request, state, problems, rollout } = draft;
  return {
    ...{ id, by, askedAtMs, madeAtMs, request, state, problems, rollout },
    fleet: plan?.fleet ?? '',
    clusters: plan ? planClusters(plan).map(({ name }) => name) : [],
    nodes: plan ? planNodes(plan).length : 0,
    blockers: preflight?.blockers ?? 0,
  };
}
