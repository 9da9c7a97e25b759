import type { Queue } from 'bullmq';
import type { Command } from '../../shared/domain/command.ts';
import type { RolloutEvent } from '../../shared/domain/events.ts';
import type { StepName } from '../../shared/domain/steps.ts';
import type { ClusterSurvey } from '../../shared/domain/survey/survey.ts';
import type { AuditLog, SessionStore } from '../../shared/ports/access.ts';
import type { DurationReader } from '../../shared/ports/durations.ts';
import type { CommandAnswer, RolloutReader } from '../../shared/ports/store.ts';
import type { ServiceLog } from '../common/log.ts';
import type { PlanningDesk } from '../common/planning/desk.ts';
import type { ScheduleSummary } from '../common/schedules.ts';
import type { AttemptStore } from './access/attempts.ts';
import type { RetryStep } from './board/queue.ts';
import type { ApiMetrics } from './metrics/parts.ts';

/** What the HTTP API asks of rollouts. */
export interface ApiRollouts extends RolloutReader, DurationReader {
  /** The store's clock, ms. */
  now(): Promise<number>;
  /** Everything that happened to a node in a rollout, in order; null: the rollout has no such node. */
  nodeEvents(rollout: string, cluster: string, node: string): Promise<readonly RolloutEvent[] | null>;
  /** Does a person's act, if it is allowed now. */
  command(rollout: string, command: Command, by: string, why: string): Promise<CommandAnswer>;
  /** Rows a step of a node printed, from row `from` on; empty: nothing yet. */
  stepLog(
    rollout: string,
    node: { cluster: string; node: string; round: number; step: StepName },
    from: number,
  ): Promise<string[]>;
}

/** What overviews show beside rollouts. */
export interface OverviewSources {
  surveys(): Promise<readonly ClusterSurvey[]>;
  schedules(): Promise<readonly ScheduleSummary[]>;
}

/** What the HTTP face shows and asks. */
export interface ApiParts {
  readonly queues: readonly Queue[];
  readonly retryStep: RetryStep;
  readonly rollouts: ApiRollouts;
  readonly sessions: SessionStore;
  readonly audit: AuditLog;
  /** null: wrong log-ins are counted by this process alone. */
  readonly attempts: AttemptStore | null;
  readonly log: ServiceLog;
  readonly overview: OverviewSources;
  readonly metrics: ApiMetrics;
  readonly planning: PlanningDesk;
  /** Why it cannot serve now; null: it can. */
  notReady(): Promise<string | null>;
}
