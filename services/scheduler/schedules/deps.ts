import type { ClusterConnector, HostConnector } from '../../../shared/ports/connect.ts';
import type { ScheduleStore } from '../../../shared/ports/schedule-store.ts';
import type { ScheduleQueue } from '../../../shared/queue/schedule-queue.ts';
import type { HostProbe } from '../../common/planning/probe.ts';
import type { SchedulerDeps } from '../deps.ts';

/** What the starts of schedules work with, besides what the scheduler has. */
export interface ScheduleParts {
  readonly schedules: ScheduleStore;
  readonly scheduleQueue: ScheduleQueue;
  readonly connectHost: HostConnector;
  readonly probe: HostProbe;
  /** Absolute path of the fleet file whose schedules are kept like it; null: none is. */
  readonly fleetFile: string | null;
  /** The environment of this process: whether a planned node is the one it runs on is told by it. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What the starts of schedules work with. */
export type ScheduleDeps = Pick<SchedulerDeps, 'store' | 'queues' | 'clock' | 'log' | 'signal'> & {
  readonly connectCluster: ClusterConnector;
} & ScheduleParts;
