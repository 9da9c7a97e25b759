import { conditionIs } from '../api/conditions.ts';
import type { Core } from '../api/core.ts';
import { at, type Json, type Kube, textAt } from '../api/object.ts';
import { apiVersionOf, type Resource, resourceOf } from '../api/resources.ts';
import { createObject } from '../api/write.ts';

const pods = resourceOf('pods');

/** Neither ended nor on its way out: counts towards its owner's replicas. */
export function isActive(pod: Kube): boolean {
  const phase = textAt(pod, 'status', 'phase');
  return pod.metadata.deletionTimestamp === undefined && phase !== 'Succeeded' && phase !== 'Failed';
}

/** Ready, and staying. */
export function isHealthy(pod: Kube): boolean {
  return pod.metadata.deletionTimestamp === undefined && conditionIs(pod, 'Ready', 'True');
}

/** The pods an owner controls. */
export function ownedPods(core: Core, owner: Kube): Kube[] {
  return [...core.store.pods.find('owner', owner.metadata.uid ?? '')];
}

/** The reference an owner's pods carry. */
export function controllerReference(r: Resource, owner: Kube) {
  return {
    apiVersion: apiVersionOf(r),
    kind: r.kind,
    name: owner.metadata.name,
    uid: owner.metadata.uid ?? '',
    controller: true,
    blockOwnerDeletion: true,
  };
}

/** Makes a pod from an owner's template; nothing when its namespace takes no new objects. `extra.spec` adds to the spec. */
export function createPod(
  core: Core,
  r: Resource,
  owner: Kube,
  extra: { name?: string; labels?: Record<string, string>; spec?: Json } = {},
): void {
  const template = at(owner, 'spec', 'template') as Kube | undefined;
  if (template === undefined) return;
  const { labels, annotations } = template.metadata ?? {};
  const pod = {
    metadata: {
      name: extra.name ?? '',
      generateName: `${owner.metadata.name}-`,
      ...(owner.metadata.namespace === undefined ? {} : { namespace: owner.metadata.namespace }),
      labels: { ...labels, ...extra.labels },
      ...(annotations === undefined ? {} : { annotations }),
      ownerReferences: [controllerReference(r, owner)],
    },
    spec: { ...template.spec, ...extra.spec },
  };
  if (takesObjects(core, owner.metadata.namespace ?? '')) createObject(core, pods, pod, owner.metadata.namespace);
}

/** Whether a namespace is there and not being deleted. */
export function takesObjects(core: Core, namespace: string): boolean {
  const found = core.store.get(resourceOf('namespaces'), '', namespace);
  return found !== undefined && textAt(found, 'status', 'phase') !== 'Terminating';
}

/** Calls back with the controller reference of each pod that changes, before and after the change. */
export function onOwnedPod(core: Core, kind: string, listener: (namespace: string, owner: string, pod: Kube) => void) {
  return core.store.subscribe(pods, ({ object }) => {
    const reference = object.metadata.ownerReferences?.find(owner => owner.controller);
    if (reference?.kind === kind) listener(object.metadata.namespace ?? '', reference.name, object);
  });
}
