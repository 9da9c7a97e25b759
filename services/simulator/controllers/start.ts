import type { Core } from '../api/core.ts';
import type { SimApiOptions, SimTimings } from '../api/types.ts';
import { startBudgets } from './budgets.ts';
import { startDaemonSets } from './daemon-sets.ts';
import { startDeployments } from './deployments.ts';
import { startGarbage } from './garbage.ts';
import { startJobs } from './jobs.ts';
import { startKubelets } from './kubelet.ts';
import { startNamespaces } from './namespaces.ts';
import { startNodeEvents } from './node-events.ts';
import { startNodeTaints } from './node-lifecycle.ts';
import { startReplicas } from './replicas.ts';
import { startScheduler } from './scheduler.ts';
import { startStatefulSets } from './stateful-sets.ts';
import { startTaintEvictions } from './taint-evictions.ts';

/** Starts every controller of a cluster. Returns the way to stop them all. */
export function startControllers(core: Core, options: SimApiOptions, timings: SimTimings): () => void {
  const stops = [
    startNodeTaints(core),
    startTaintEvictions(core, timings),
    startNodeEvents(core),
    startKubelets(core, options.nodes, timings),
    startScheduler(core),
    startDaemonSets(core),
    startDeployments(core),
    startReplicas(core),
    startJobs(core),
    startStatefulSets(core),
    startBudgets(core),
    startGarbage(core),
    startNamespaces(core),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
