import { podView } from '../fake-cluster.ts';
import { clusterWith, GATE_BASE, type GateCase } from './case.ts';

const settings = { ...GATE_BASE, kind: 'pods', selector: 'app=backup', namespace: 'batch', where: 'node' } as const;
const backup = (more: Parameters<typeof podView>[2] = {}) => podView('nightly', 'n1', { namespace: 'batch', ...more });

/** Pods that must not be disturbed. */
export const PODS_CASES: readonly GateCase[] = [
  { name: 'no pod', settings, says: 'open' },
  { name: 'no Kubernetes', settings, api: null, says: 'open' },
  {
    name: 'a pod on the node',
    settings,
    api: clusterWith(cluster => cluster.add(backup())),
    says: { reasons: ['batch/nightly on n1 must not be disturbed'], opens: 'when they have ended' },
  },
  {
    name: 'a pod on another node',
    settings,
    api: clusterWith(cluster => cluster.add(backup({ nodeName: 'n2' }))),
    says: 'open',
  },
  {
    name: 'a pod on another node, which counts too',
    settings: { ...settings, where: 'anywhere' },
    api: clusterWith(cluster => cluster.add(backup({ nodeName: 'n2' }))),
    says: { reasons: ['batch/nightly on n2 must not be disturbed'], opens: 'when they have ended' },
  },
  {
    name: 'pods that have ended',
    settings,
    api: clusterWith(cluster => cluster.add(backup({ phase: 'Succeeded' }))),
    says: 'open',
  },
  {
    name: 'a cluster that does not answer',
    settings,
    api: clusterWith(cluster => {
      cluster.trouble = new Error('no route to host');
    }),
    says: { throws: 'no route to host' },
  },
];
