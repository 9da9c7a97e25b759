import type { ClusterSpec, NodeSpec, WorldSpec } from './world-schema.ts';

const WAVES: readonly (readonly number[])[] = [[1, 4], [2, 5], [3, 6], [7]];
const CONTROL_PLANES = [1, 2, 3];

const OPENSSL = { name: 'openssl', from: '3.0.14-1~deb12u1', to: '3.0.15-1~deb12u1' };
const CURL = { name: 'curl', from: '7.88.1-10+deb12u7', to: '7.88.1-10+deb12u8' };
const TZDATA = { name: 'tzdata', from: '2024a-0+deb12u1', to: '2024b-0+deb12u1' };

/** What there is to upgrade on the host with this number: mostly a kernel, sometimes only packages or nothing. */
function work(index: number): Pick<NodeSpec, 'newKernel' | 'upgrades'> {
  if (index % 6 === 5) return { newKernel: null, upgrades: [] };
  if (index % 6 === 4) return { newKernel: null, upgrades: [OPENSSL, CURL] };
  return { upgrades: index % 2 === 0 ? [OPENSSL, CURL, TZDATA] : [TZDATA] };
}

function nodesOf(cluster: string, workerSequences: readonly number[]): NodeSpec[] {
  const controlPlanes = CONTROL_PLANES.map((sequence, index) => ({
    name: `${cluster}-cp-${index + 1}`,
    sequence,
    roles: ['control-plane'],
    ...work(index),
  }));
  const workers = workerSequences.map((sequence, index) => ({
    name: `${cluster}-worker-${String(index + 1).padStart(2, '0')}`,
    sequence,
    roles: ['worker'],
    ...work(index),
  }));
  return [...controlPlanes, ...workers];
}

function cluster(name: string, workerSequences: readonly number[], concurrency: number): ClusterSpec {
  const workers = workerSequences.length;
  return {
    nodes: nodesOf(name, workerSequences),
    workloads: [
      { kind: 'DaemonSet', name: 'kube-proxy', namespace: 'kube-system' },
      { kind: 'DaemonSet', name: 'node-exporter', namespace: 'monitoring' },
      { kind: 'Deployment', name: 'coredns', namespace: 'kube-system', replicas: 2, tolerateAll: true },
      { kind: 'Deployment', name: 'web', namespace: 'shop', replicas: workers * 2 },
      { kind: 'Deployment', name: 'checkout', namespace: 'shop', replicas: workers, emptyDir: true },
      { kind: 'StatefulSet', name: 'orders-db', namespace: 'shop', replicas: 3 },
    ],
    pdbs: [
      { name: 'coredns', namespace: 'kube-system', matchLabels: { app: 'coredns' }, maxUnavailable: 1 },
      { name: 'web', namespace: 'shop', matchLabels: { app: 'web' }, maxUnavailable: '34%' },
      { name: 'checkout', namespace: 'shop', matchLabels: { app: 'checkout' }, minAvailable: '50%' },
      { name: 'orders-db', namespace: 'shop', matchLabels: { app: 'orders-db' }, maxUnavailable: 1 },
    ],
    rollout: {
      waves: WAVES.map(sequences => ({ sequences: [...sequences], concurrency })),
      maxUnavailable: concurrency,
    },
  };
}

/** The fleet of the demo: three stages, 38 hosts, sequences 1 to 7. */
export function demoWorld(): WorldSpec {
  return {
    name: 'demo',
    speed: 30,
    stages: [
      { name: 'dev', clusters: ['dev'] },
      { name: 'staging', clusters: ['staging'] },
      { name: 'production', clusters: ['production'] },
    ],
    clusters: {
      dev: cluster('dev', [4, 5, 7], 2),
      staging: cluster('staging', [4, 5, 6, 7, 7], 2),
      production: cluster(
        'production',
        [1, 2, 3, 4, 5, 6, 7].flatMap(sequence => [sequence, sequence, sequence]),
        4,
      ),
    },
  };
}
