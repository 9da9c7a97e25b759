import type { RolloutEvent } from '../domain/events.ts';
import type { Plan } from '../domain/plan.ts';

/** A rollout in a list. */
export interface RolloutSummary {
  readonly id: string;
  readonly fleet: string;
  readonly createdAtMs: number;
  readonly by: string;
  readonly state: 'running' | 'stopping' | 'paused' | 'aborting' | 'done' | 'aborted';
  readonly clusters: readonly string[];
  readonly nodes: { readonly total: number; readonly done: number; readonly failed: number };
}

/** `ok: false`: refused, nothing was changed. */
export type CommandAnswer = { readonly ok: boolean; readonly note: string };

/** A process of the engine that is alive now. */
export interface EngineProcess {
  readonly id: string;
  readonly role: 'scheduler' | 'worker';
  readonly host: string;
  readonly pid: number;
  /** For workers. */
  readonly steps: readonly string[];
  readonly seenAtMs: number;
}

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
