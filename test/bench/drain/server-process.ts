import { startSimApi } from '../../../services/simulator/api/start.ts';
import { openWorldLog } from '../../../services/simulator/world-log.ts';
import { machineOf } from '../../helpers/sim-cluster.ts';
import type { ServerAnswer, ServerOptions } from './server.ts';

// A simulated API server in a process of its own, so that it does not share a thread with what is measured.
const options = JSON.parse(process.argv[2] ?? '') as ServerOptions;
const names = Array.from({ length: options.nodes }, (_, index) => `n${index}`);
const sim = await startSimApi({
  cluster: 'bench',
  nodes: names.map(name => ({ machine: machineOf(name), podCapacity: 2_000 })),
  workloads: [{ kind: 'DaemonSet', name: 'agent' }],
  pods: names.flatMap(node =>
    Array.from({ length: options.podsPerNode }, (_, index) => ({ name: `${node}-p${index}`, node })),
  ),
  timings: { podStopMs: options.podStopMs, heartbeatMs: 600_000 },
  world: openWorldLog(),
});
const tell = (answer: ServerAnswer): void => void process.send?.(answer);
process.on('message', () => {
  const left = sim.objects.list('pods').filter(pod => !pod.metadata.name.startsWith('agent')).length;
  tell({ requests: sim.requests.length, podsLeft: left });
});
process.on('disconnect', () => process.exit(0));
tell({ ready: sim.kubeconfigEntry() });
