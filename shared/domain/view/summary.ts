/** A rollout in a list. */
export interface RolloutSummary {
  readonly id: string;
  readonly fleet: string;
  readonly createdAtMs: number;
  /** null: it goes on. */
  readonly endedAtMs: number | null;
  readonly by: string;
  readonly state: 'running' | 'stopping' | 'paused' | 'aborting' | 'done' | 'aborted';
  readonly clusters: readonly string[];
  readonly nodes: { readonly total: number; readonly done: number; readonly failed: number };
}

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
