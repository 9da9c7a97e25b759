import type { ClusterConnector } from '../../../shared/ports/connect.ts';
import type { DraftStore, PlannerStore } from '../../../shared/ports/draft-store.ts';
import type { SurveyStore } from '../../../shared/ports/survey.ts';
import type { PlanningQueue } from '../../../shared/queue/planning-queue.ts';
import type { HostPool, HostProbe } from '../../common/planning/probe.ts';
import type { SchedulerDeps } from '../deps.ts';

/** What plans and surveys are made with, besides what the scheduler has. */
export interface PlanningParts {
  readonly drafts: DraftStore;
  readonly planners: PlannerStore;
  readonly surveys: SurveyStore;
  readonly planningQueue: PlanningQueue;
  /** Each plan and survey has connections of its own: who is done with a host closes them. */
  readonly openHosts: () => Promise<HostPool>;
  readonly probe: HostProbe;
  /** Absolute path of the fleet file that plans are made of. */
  readonly fleetFile: string;
  /** How often all hosts are asked; 0: only when a person wants it. */
  readonly surveyEveryMs: number;
  /** The environment of this process: whether a planned node is the one it runs on is told by it. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What plans and surveys are made with. */
export type PlanningDeps = Pick<SchedulerDeps, 'store' | 'queues' | 'clock' | 'log' | 'signal'> & {
  readonly connectCluster: ClusterConnector;
} & PlanningParts;
