import type { StartRecord } from '../schedule.ts';
import type { DueSummary } from '../survey/survey.ts';
import type { EngineProcess, RolloutSummary } from './summary.ts';
import type { WaitingItem } from './waiting.ts';

/** A wave of a cluster in an overview. */
export interface WaveOverview {
  readonly name: string;
  readonly sequences: readonly number[];
  readonly nodes: number;
}

/** A node that is away now, by a rollout. */
export interface AwayNode {
  readonly node: string;
  readonly rollout: string;
  readonly step: string;
  readonly sinceMs: number;
}

/** One cluster of any fleet that is known: by a survey, or else by the plan of its latest rollout. */
export interface ClusterOverview {
  readonly fleet: string;
  readonly name: string;
  readonly stage: string;
  /** Whether a rollout was ever made for it; if not, surveys tell nothing of Kubernetes, zone, limits, windows and sequences. */
  readonly planned: boolean;
  readonly kubernetes: boolean;
  /** Zone its windows are read in; null: it has none. */
  readonly zone: string | null;
  readonly nodes: number;
  readonly maxUnavailable: number;
  readonly waves: readonly WaveOverview[];
  readonly away: readonly AwayNode[];
  /** What there is to do on its hosts; null: nobody has asked them. */
  readonly due: DueSummary | null;
  /** null: it has no windows, so always open; or it was never planned. */
  readonly window: {
    readonly open: boolean;
    readonly opensAtMs: number | null;
    readonly closesAtMs: number | null;
  } | null;
  /** The next start of a schedule that means it; null: none. */
  readonly nextStart: { readonly schedule: string; readonly atMs: number } | null;
  /** The one under way; null: none. */
  readonly rollout: string | null;
  /** When a rollout that was to take in all of it ended as done; null: none is known. */
  readonly lastDoneAtMs: number | null;
}

/** A schedule and how it stands. */
export interface ScheduleOverview {
  readonly name: string;
  readonly cron: string;
  readonly zone: string;
  readonly mode: 'roll' | 'watch';
  readonly fleetFile: string;
  /** `file`: written in the fleet file; `hand`: added by a person. */
  readonly origin: 'file' | 'hand';
  readonly by: string;
  readonly clusters: readonly string[];
  /** null: none in the next years. */
  readonly nextMs: number | null;
  /** The last ones, newest first. */
  readonly starts: readonly StartRecord[];
}

/** Everything that the pages beside a single rollout show. */
export interface Overview {
  /** The server's clock. */
  readonly atMs: number;
  readonly clusters: readonly ClusterOverview[];
  /** Newest first. */
  readonly rollouts: readonly RolloutSummary[];
  /** The oldest first. */
  readonly waiting: readonly WaitingItem[];
  readonly schedules: readonly ScheduleOverview[];
  readonly engines: readonly EngineProcess[];
}
