import { startSimApi } from '../../services/simulator/api/start.ts';
import type { SimApiOptions, SimNode } from '../../services/simulator/api/types.ts';
import { openWorldLog } from '../../services/simulator/world-log.ts';

/** How large; what is left of the pods to the workloads of 100 is one a node, of a DaemonSet. */
interface Size {
  readonly nodes: number;
  readonly pods: number;
}

const NAMESPACES = 20;

function optionsOf(size: Size): SimApiOptions {
  const deployments = Math.floor((size.pods - size.nodes) / 100);
  const workloads = Array.from({ length: deployments }, (_, index) => ({
    kind: 'Deployment' as const,
    name: `app-${index}`,
    namespace: `team-${index % NAMESPACES}`,
    replicas: 100,
    requests: { cpu: '50m', memory: '64Mi' },
  }));
  return {
    cluster: 'large',
    nodes: Array.from({ length: size.nodes }, (_, index) => nodeOf(index)),
    workloads: [...workloads, { kind: 'DaemonSet', name: 'agent', namespace: 'kube-system' }],
    pdbs: workloads.map(({ name, namespace }) => ({
      name,
      namespace,
      matchLabels: { app: name },
      maxUnavailable: '10%',
    })),
    timings: { podStopMs: 200, podStartMs: 200 },
    world: openWorldLog(),
  };
}

function nodeOf(index: number): SimNode {
  const name = `node-${String(index).padStart(4, '0')}`;
  const facts = { bootId: `boot-${index}`, kernel: '6.1.0-37-amd64', osImage: 'Debian GNU/Linux 12 (bookworm)' };
  return {
    machine: { cluster: 'large', name, up: true, ...facts, onChange: () => () => undefined },
    labels: { 'orch-seq': String(index) },
    roles: ['worker'],
  };
}

// A program: `large-cluster.ts NODES PODS` serves such a cluster until its input ends, and tells its address first.
const [nodes = 0, pods = 0] = process.argv.slice(2).map(Number);
const from = performance.now();
const sim = await startSimApi(optionsOf({ nodes, pods }));
const startMs = Math.round(performance.now() - from);
console.log(JSON.stringify({ url: sim.url, startMs, pods: sim.objects.list('pods').length }));
process.stdin.on('end', () => process.exit(0)).resume();
