import type { Draft, DraftSummary } from '../domain/draft/draft.ts';
import type { Planner } from '../domain/draft/planner.ts';

/** What became of the making of a draft. */
export type DraftResult = Pick<
  Draft,
  'problems' | 'notes' | 'plan' | 'preflight' | 'estimate' | 'comparison' | 'due'
> & { readonly state: 'ready' | 'refused' };

/** A draft that nobody has made anything of. */
export interface NewDraft extends Pick<Draft, 'id' | 'request' | 'by' | 'fleetFile'> {
  /** The same for the same wish sent again; empty: it is not to be known again. */
  readonly repeat: string;
}

/** Plans that were asked for and have not begun. They go by themselves, the oldest first. */
export interface DraftStore {
  /** Newest first. */
  drafts(): Promise<readonly DraftSummary[]>;
  /** null: there is none, or not any more. */
  draft(id: string): Promise<Draft | null>;
  /** Keeps it, and gives it back; or else the one that is kept of the same `repeat`. */
  add(draft: NewDraft): Promise<Draft>;
  /** Ids of drafts of a fleet file that are neither ready nor refused. */
  open(fleetFile: string): Promise<readonly string[]>;
  /** It is being made now; of one that is made already, or gone, nothing. */
  making(id: string): Promise<void>;
  /** Keeps what came of it. The first word counts: a plan that was shown never changes. */
  finish(id: string, result: DraftResult): Promise<void>;
  /** Keeps which rollout began with it. */
  began(id: string, rollout: string): Promise<void>;
  /** False: there is none. */
  remove(id: string): Promise<boolean>;
}

/** The schedulers that have a fleet file. */
export interface PlannerStore {
  /** Those that are alive, by fleet file. */
  planners(): Promise<readonly Planner[]>;
  /** To be said again every few seconds. */
  present(planner: Omit<Planner, 'seenAtMs'>): Promise<void>;
  absent(id: string): Promise<void>;
}
