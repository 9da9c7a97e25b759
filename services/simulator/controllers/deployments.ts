import { createHash } from 'node:crypto';
import type { Core } from '../api/core.ts';
import { at, type Json, type Kube, plainText, textAt } from '../api/object.ts';
import { resourceOf } from '../api/resources.ts';
import { createObject } from '../api/write.ts';
import { deploymentStatus } from './deployment-status.ts';
import { controllerReference } from './pods.ts';
import { createQueue, keyOf, splitKey } from './queue.ts';

const deployments = resourceOf('deployments');
const replicaSets = resourceOf('replicasets');
const REVISION = 'deployment.kubernetes.io/revision';

/** Keeps one ReplicaSet for each template of a Deployment, and rolls the pods over to the current one. */
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
  const owned = () =>
    core.store
      .list(replicaSets, namespace)
      .filter(set => set.metadata.ownerReferences?.some(reference => reference.uid === uid));
  let sets = owned();
  if (!sets.some(set => set.metadata.name === current)) {
    createSet(core, deployment, sets, current, hash);
    sets = owned();
  }
  roll(core, deployment, sets, current);
  const status = deploymentStatus(core, deployment, sets, current);
  const revision = revisionOf(sets.find(set => set.metadata.name === current));
  const annotations = { ...deployment.metadata.annotations, [REVISION]: String(revision) };
  core.store.replace(deployments, deployment, {
    ...deployment,
    metadata: { ...deployment.metadata, annotations },
    status,
  });
}

/** Gives the current set as many pods as the surge allows, and takes from the others what availability allows. */
function roll(core: Core, deployment: Kube, sets: readonly Kube[], current: string): void {
  const wanted = Number(at(deployment, 'spec', 'replicas') ?? 1);
  const { surge, unavailable } = marginsOf(deployment, wanted);
  const others = sets.filter(set => set.metadata.name !== current);
  const newest = sets.find(set => set.metadata.name === current);
  const size = (set: Kube | undefined) => Number(at(set, 'spec', 'replicas') ?? 0);
  const available = (set: Kube | undefined) => Number(at(set, 'status', 'availableReplicas') ?? 0);
  const old = others.reduce((sum, set) => sum + size(set), 0);
  const room = Math.max(0, wanted + surge - old);
  const target = old === 0 ? wanted : Math.min(wanted, Math.max(Math.min(size(newest), wanted), room));
  if (newest !== undefined) scale(core, newest, target);
  const staying = others.reduce((sum, set) => sum + available(set), Math.min(available(newest), target));
  let spare = Math.max(0, staying - (wanted - unavailable));
  for (const set of others) {
    // Pods that are not available anyway may go at once.
    const idle = Math.max(0, size(set) - available(set));
    const gone = Math.min(size(set), idle + spare);
    spare -= Math.max(0, gone - idle);
    scale(core, set, size(set) - gone);
  }
}

function marginsOf(deployment: Kube, wanted: number): { surge: number; unavailable: number } {
  if (textAt(deployment, 'spec', 'strategy', 'type') === 'Recreate') return { surge: 0, unavailable: wanted };
  const rolling = at(deployment, 'spec', 'strategy', 'rollingUpdate');
  const of = (field: string, round: (value: number) => number) => {
    const value = at(rolling, field) ?? '25%';
    return typeof value === 'number' ? value : round((Number.parseInt(plainText(value), 10) * wanted) / 100);
  };
  const surge = of('maxSurge', Math.ceil);
  const unavailable = of('maxUnavailable', Math.floor);
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable };
}

function revisionOf(set: Kube | undefined): number {
  return Number(set?.metadata.annotations?.[REVISION] ?? 0);
}

function createSet(core: Core, deployment: Kube, others: readonly Kube[], name: string, hash: string): void {
  const label = { 'pod-template-hash': hash };
  const template = at(deployment, 'spec', 'template') as Json;
  const templateMeta = (template['metadata'] ?? {}) as Json;
  const labels = { ...(templateMeta['labels'] as Record<string, string>), ...label };
  const matchLabels = { ...(at(deployment, 'spec', 'selector', 'matchLabels') as object), ...label };
  const namespace = textAt(deployment, 'metadata', 'namespace');
  const set: Kube = {
    metadata: {
      name,
      namespace,
      labels,
      annotations: { [REVISION]: String(Math.max(0, ...others.map(revisionOf)) + 1) },
      ownerReferences: [controllerReference(deployments, deployment)],
    },
    spec: {
      // As many as it is to have, it is told when it is there.
      replicas: others.length === 0 ? (at(deployment, 'spec', 'replicas') ?? 1) : 0,
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
