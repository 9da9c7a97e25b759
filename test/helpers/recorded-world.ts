import { startSimApi } from '../../services/simulator/api/start.ts';
import type { SimApiOptions, SimCluster } from '../../services/simulator/api/types.ts';
import { openWorldLog } from '../../services/simulator/world-log.ts';
import { handMachine, quickTimings } from './hand-cluster.ts';

/** The nodes of the cluster that was recorded. */
const names = ['node1', 'node2', 'node3', 'node4', 'node5', 'node6'];
/** At first only node2 has it: there the recorded cluster's pods lay. */
const ROOM = { room: 'yes' };
const spreadOver = (...nodes: readonly string[]) => ({
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: nodes }] }],
    },
  },
});
const requests = { cpu: '10m', memory: '16Mi' };

/**
 * Starts a simulated cluster of the nodes, workloads and budgets that the recorded one had, with its pods on the same
 * nodes. `roomy`: the pods of node2 may go elsewhere. `more` replaces parts of it.
 */
export async function startRecorded(more: Partial<SimApiOptions> = {}, roomy = false): Promise<SimCluster> {
  const sim = await startSimApi({ ...recordedWorld(), world: openWorldLog(), ...more });
  for (const name of names)
    sim.objects.patch('nodes', '', name, { metadata: { labels: { room: roomy ? ROOM.room : null } } });
  return sim;
}

function recordedWorld(): Omit<SimApiOptions, 'world'> {
  return {
    cluster: 'recorded',
    nodes: names.map((name, index) => ({
      machine: handMachine(name, 'recorded'),
      labels: { 'orch-seq': String(index + 1), ...(name === 'node2' ? ROOM : {}) },
      roles: [index === 0 ? 'control-plane' : 'worker'],
      address: `10.0.0.${index + 1}`,
      podCapacity: 250,
    })),
    timings: quickTimings,
    workloads: [
      { kind: 'Deployment', name: 'web', namespace: 'shop', replicas: 6, requests },
      {
        kind: 'Deployment',
        name: 'cache',
        namespace: 'shop',
        replicas: 2,
        emptyDir: true,
        nodeSelector: ROOM,
        requests,
      },
      {
        kind: 'StatefulSet',
        name: 'db',
        namespace: 'data',
        replicas: 3,
        affinity: spreadOver('node1', 'node2', 'node3'),
        requests,
      },
      { kind: 'DaemonSet', name: 'agent', namespace: 'kube-system', requests },
    ],
    jobs: [{ name: 'report', namespace: 'shop', active: 2, nodeSelector: ROOM, requests }],
    pods: [
      { name: 'naked', namespace: 'shop', node: 'node2' },
      { name: 'naked-emptydir', namespace: 'shop', node: 'node2', emptyDir: true },
      { name: 'static-web-node2', namespace: 'kube-system', node: 'node2', mirror: true },
    ],
    pdbs: [
      { name: 'web-min', namespace: 'shop', matchLabels: { app: 'web' }, minAvailable: 4 },
      { name: 'cache-half', namespace: 'shop', matchLabels: { app: 'cache' }, minAvailable: '50%' },
      { name: 'db-max', namespace: 'data', matchLabels: { app: 'db' }, maxUnavailable: 1 },
    ],
  };
}
