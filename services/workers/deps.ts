import type { Clock } from '../../shared/ports/clock.ts';
import type { ClusterConnector, HostConnector } from '../../shared/ports/connect.ts';
import type { Control } from '../../shared/ports/control.ts';
import type { EngineStore } from '../../shared/ports/engine-store.ts';
import type { PackageManager } from '../../shared/ports/packages.ts';
import type { Probes } from '../../shared/ports/probe.ts';
import type { Queues } from '../../shared/queue/queues.ts';
import type { GateKeeper } from '../common/gate-keeper.ts';
import type { ServiceLog } from '../common/log.ts';
import type { FlagWatch } from './flag-watch.ts';
import type { NodeEvents } from './node-events.ts';

/** What a worker's steps are run with. */
export interface WorkerDeps {
  readonly store: EngineStore;
  readonly queues: Queues;
  readonly connectCluster: ClusterConnector;
  readonly connectHost: HostConnector;
  readonly control: Control;
  readonly probes: Probes;
  readonly gates: GateKeeper;
  readonly managers: readonly PackageManager[];
  readonly clock: Clock;
  readonly log: ServiceLog;
  readonly events: NodeEvents;
  /** Hears of skips and aborts while steps are in a visit. */
  readonly flags: FlagWatch;
  /** Which process this is, for people. */
  readonly name: string;
  /** In [0, 1), for jitter. */
  readonly random: () => number;
  /** Aborted when the worker stops: steps let go at once, what runs on hosts goes on. */
  readonly stopping: AbortSignal;
}
