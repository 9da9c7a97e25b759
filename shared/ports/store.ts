import type { RolloutEvent } from '../domain/events.ts';
import type { Plan } from '../domain/plan.ts';
import type { EngineProcess, RolloutSummary } from '../domain/view/summary.ts';

export type { EngineProcess, RolloutSummary };

/** `ok: false`: refused, nothing was changed. */
export type CommandAnswer = { readonly ok: boolean; readonly note: string };

/** What people and views may read and ask of rollouts. */
export interface RolloutReader {
  list(): Promise<RolloutSummary[]>;
  /** null: no such rollout. */
  plan(id: string): Promise<Plan | null>;
  /** The journal after event `after` (empty: from the start), in order. */
  events(id: string, after?: string, limit?: number): Promise<RolloutEvent[]>;
  /** The same without end, as events come, until the signal aborts. */
  follow(id: string, after: string, signal: AbortSignal): AsyncIterable<RolloutEvent>;
  engines(): Promise<EngineProcess[]>;
}
