import type { SimApiOptions } from '../../services/simulator/api/types.ts';
import { type HandMachine, handMachine, quickTimings } from './hand-cluster.ts';

/** The nodes of the cluster that was recorded. */
const names = ['node1', 'node2', 'node3', 'node4', 'node5', 'node6'];
const onNode2 = { 'kubernetes.io/hostname': 'node2' };
const requests = { cpu: '10m', memory: '16Mi' };

/** A simulated cluster of the nodes, workloads and budgets that the recorded one had. */
export function recordedWorld(): Omit<SimApiOptions, 'world'> {
  return {
    cluster: 'recorded',
    nodes: names.map((name, index) => ({
      machine: recordedMachine(name),
      labels: { 'orch-seq': String(index + 1) },
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
        nodeSelector: onNode2,
        requests,
      },
      { kind: 'StatefulSet', name: 'db', namespace: 'data', replicas: 3, requests },
      { kind: 'DaemonSet', name: 'agent', namespace: 'kube-system', requests },
    ],
    jobs: [{ name: 'report', namespace: 'shop', active: 2, nodeSelector: onNode2, requests }],
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

function recordedMachine(name: string): HandMachine {
  return handMachine(name, 'recorded');
}
