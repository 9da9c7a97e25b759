import type { Estimate } from '../estimate/estimate.ts';
import type { Plan, PlanProblem } from '../plan.ts';
import type { Narrow } from '../plan-build/narrow.ts';
import type { PreflightReport } from '../preflight/finding.ts';

/** What somebody asked a plan for. */
export interface DraftRequest {
  readonly narrow: Narrow;
  /** Whether every host is asked as well what there is to do on it. */
  readonly updates: boolean;
}

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
  readonly state: 'asked' | 'making' | 'ready' | 'refused';
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
