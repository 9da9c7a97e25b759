import { createHash } from 'node:crypto';
import { type NewCondition, withCondition } from '../api/conditions.ts';
import type { Core } from '../api/core.ts';
import { at, type Json, type Kube, plainText, textAt } from '../api/object.ts';
import { resourceOf } from '../api/resources.ts';
import { createObject } from '../api/write.ts';
import { controllerReference } from './pods.ts';
import { createQueue, keyOf, splitKey } from './queue.ts';

const deployments = resourceOf('deployments');
const replicaSets = resourceOf('replicasets');

/** Keeps one ReplicaSet for each template of a Deployment; the current one has all replicas, older ones none. */
export function startDeployments(core: Core): () => void {
  const queue = createQueue(core, 'deployment', key => {
    const deployment = core.store.get(deployments, ...splitKey(key));
    if (deployment !== undefined) reconcile(core, deployment);
  });
  const stopOwn = core.store.subscribe(deployments, ({ object }) => queue.add(keyOf(object)));
  const stopSets = core.store.subscribe(replicaSets, ({ object }) => {
    const owner = object.metadata.ownerReferences?.find(reference => reference.kind === 'Deployment');
    if (owner !== undefined) queue.add(`${object.metadata.namespace}/${owner.name}`);
  });
  for (const object of core.store.list(deployments)) queue.add(keyOf(object));
  return () => {
    stopOwn();
    stopSets();
  };
}

function reconcile(core: Core, deployment: Kube): void {
  const { namespace = '', name, uid } = deployment.metadata;
  const hash = createHash('sha256')
    .update(JSON.stringify(at(deployment, 'spec', 'template')))
    .digest('hex')
    .slice(0, 10);
  const current = `${name}-${hash}`;
  if (core.store.get(replicaSets, namespace, current) === undefined) createSet(core, deployment, current, hash);
  const own = core.store
    .list(replicaSets, namespace)
    .filter(set => set.metadata.ownerReferences?.some(reference => reference.uid === uid));
  const wanted = Number(at(deployment, 'spec', 'replicas') ?? 1);
  for (const set of own) scale(core, set, set.metadata.name === current ? wanted : 0);
  const sum = (field: string) => own.reduce((total, set) => total + Number(at(set, 'status', field) ?? 0), 0);
  const status = {
    ...deployment.status,
    observedGeneration: deployment.metadata.generation,
    replicas: sum('replicas'),
    updatedReplicas: Number(at(core.store.get(replicaSets, namespace, current), 'status', 'replicas') ?? 0),
    readyReplicas: sum('readyReplicas'),
    availableReplicas: sum('availableReplicas'),
    unavailableReplicas: Math.max(0, wanted - sum('availableReplicas')),
  };
  const judged = { ...deployment, status };
  core.store.replace(deployments, deployment, withCondition(judged, core.now(), ...conditionsOf(judged, current)));
}

/** Of a Deployment whose counts are put. */
function conditionsOf(deployment: Kube, set: string): readonly NewCondition[] {
  const wanted = Number(at(deployment, 'spec', 'replicas') ?? 1);
  const count = (field: string) => Number(at(deployment, 'status', field) ?? 0);
  const least = wanted - spareOf(at(deployment, 'spec', 'strategy', 'rollingUpdate', 'maxUnavailable'), wanted);
  const available = count('availableReplicas') >= least;
  const complete = count('updatedReplicas') === wanted && count('availableReplicas') === wanted;
  return [
    {
      type: 'Available',
      status: available ? 'True' : 'False',
      reason: available ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
      message: `Deployment ${available ? 'has' : 'does not have'} minimum availability.`,
    },
    {
      type: 'Progressing',
      status: 'True',
      reason: complete ? 'NewReplicaSetAvailable' : 'ReplicaSetUpdated',
      message: `ReplicaSet "${set}" ${complete ? 'has successfully progressed' : 'is progressing'}.`,
    },
  ];
}

/** maxUnavailable: a number, or a percentage rounded down. */
function spareOf(value: unknown, wanted: number): number {
  if (typeof value === 'number') return value;
  return Math.floor((Number.parseInt(plainText(value, '25%'), 10) * wanted) / 100);
}

function createSet(core: Core, deployment: Kube, name: string, hash: string): void {
  const label = { 'pod-template-hash': hash };
  const template = at(deployment, 'spec', 'template') as Json;
  const templateMeta = (template['metadata'] ?? {}) as Json;
  const labels = { ...(templateMeta['labels'] as Record<string, string>), ...label };
  const matchLabels = { ...(at(deployment, 'spec', 'selector', 'matchLabels') as object), ...label };
  const namespace = textAt(deployment, 'metadata', 'namespace');
  const set: Kube = {
    metadata: { name, namespace, labels, ownerReferences: [controllerReference(deployments, deployment)] },
    spec: {
      replicas: at(deployment, 'spec', 'replicas') ?? 1,
      selector: { matchLabels },
      template: { ...template, metadata: { ...templateMeta, labels } },
    },
  };
  createObject(core, replicaSets, set, namespace);
}

function scale(core: Core, set: Kube, replicas: number): void {
  if (at(set, 'spec', 'replicas') !== replicas)
    core.store.replace(replicaSets, set, { ...set, spec: { ...set.spec, replicas } });
}
