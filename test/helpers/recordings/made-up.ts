import type { Kube } from '../../../services/simulator/api/object.ts';

/** An object to put on the stage, and the kind it is kept under. */
export interface Prop {
  readonly plural: string;
  readonly object: Kube;
}

const MADE = '2026-11-22T11:45:00Z';
let count = 0;

function uid(): string {
  count += 1;
  return `00000000-0000-4000-8000-${String(count).padStart(12, '0')}`;
}

/** A pod `namespace/name` that runs, Ready, with the label `app`; its name tells the ReplicaSet where it has one. */
export function pod(path: string, app: string, node = 'node3'): Prop {
  const [namespace = '', name = ''] = path.split('/');
  const set = /^(.+-[0-9a-f]+)-[a-z0-9]{5}$/.exec(name)?.[1];
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: set ?? '', uid: `${set}`, controller: true };
  return {
    plural: 'pods',
    object: {
      metadata: {
        ...{ name, namespace, uid: uid(), generation: 1, creationTimestamp: MADE, labels: { app } },
        ...(set === undefined ? {} : { ownerReferences: [owner] }),
      },
      spec: {
        containers: [{ name: 'main', image: 'registry.local/app:1' }],
        terminationGracePeriodSeconds: 30,
        nodeName: node,
      },
      status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
    },
  };
}

/** A ReplicaSet `namespace/name` that wants so many pods. */
export function replicaSet(path: string, replicas: number): Prop {
  const [namespace = '', name = ''] = path.split('/');
  const metadata = { name, namespace, uid: name, generation: 1, creationTimestamp: MADE };
  return { plural: 'replicasets', object: { metadata, spec: { replicas }, status: { replicas } } };
}

/** A budget `namespace/name` for the pods of an app, not yet seen by its controller. */
export function budget(path: string, app: string, spec: Readonly<Record<string, unknown>>): Prop {
  const [namespace = '', name = ''] = path.split('/');
  return {
    plural: 'poddisruptionbudgets',
    object: {
      metadata: { name, namespace, uid: uid(), generation: 1, creationTimestamp: MADE },
      spec: { ...spec, selector: { matchLabels: { app } } },
      status: { observedGeneration: 1, disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 },
    },
  };
}
