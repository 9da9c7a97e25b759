import type { Clock } from '../../shared/ports/clock.ts';
import type { ClusterConnector } from '../../shared/ports/connect.ts';
import type { Control } from '../../shared/ports/control.ts';
import type { EngineStore } from '../../shared/ports/engine-store.ts';
import type { Queues } from '../../shared/queue/queues.ts';
import type { GateKeeper } from '../common/gate-keeper.ts';
import type { ServiceLog } from '../common/log.ts';
import type { Durations } from './durations.ts';
import type { FactsGatherer } from './facts.ts';
import type { Holds } from './holds.ts';
import type { Leases } from './leases.ts';
import type { NodeLeases } from './node-leases.ts';

/** What the scheduler's parts work with. */
export interface SchedulerDeps {
  readonly store: EngineStore;
  readonly queues: Queues;
  readonly connectCluster: ClusterConnector;
  readonly control: Control;
  readonly clock: Clock;
  readonly log: ServiceLog;
  readonly facts: FactsGatherer;
  readonly durations: Durations;
  readonly gates: GateKeeper;
  readonly holds: Holds;
  readonly leases: Leases;
  readonly nodeLeases: NodeLeases;
  /** Aborted when the scheduler stops. */
  readonly signal: AbortSignal;
}
