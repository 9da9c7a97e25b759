import type { Queue } from 'bullmq';
import type { Command } from '../../shared/domain/command.ts';
import type { StepName } from '../../shared/domain/steps.ts';
import type { SessionStore } from '../../shared/ports/access.ts';
import type { CommandAnswer, RolloutReader } from '../../shared/ports/store.ts';
import type { ServiceLog } from '../common/log.ts';
import type { RetryStep } from './board/queue.ts';

/** What the HTTP API asks of rollouts. */
export interface ApiRollouts extends RolloutReader {
  /** Does a person's act, if it is allowed now. */
  command(rollout: string, command: Command, by: string, why: string): Promise<CommandAnswer>;
  /** Rows a step of a node printed, from row `from` on; empty: nothing yet. */
  stepLog(
    rollout: string,
    node: { cluster: string; node: string; round: number; step: StepName },
    from: number,
  ): Promise<string[]>;
}

/** What the HTTP face shows and asks. */
export interface ApiParts {
  readonly queues: readonly Queue[];
  readonly retryStep: RetryStep;
  readonly rollouts: ApiRollouts;
  readonly sessions: SessionStore;
  readonly log: ServiceLog;
  /** Why it cannot serve now; null: it can. */
  notReady(): Promise<string | null>;
}
