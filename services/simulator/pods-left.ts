import { at } from './api/object.ts';
import type { SimObjects } from './api/types.ts';

/** Pods on a node, as `namespace/name`, that a drain has to evict: not those of DaemonSets, not static, not ended. */
export function podsLeft(objects: Pick<SimObjects, 'list'>, node: string): string[] {
  return objects
    .list('pods')
    .filter(pod => at(pod, 'spec', 'nodeName') === node && !ended(at(pod, 'status', 'phase')))
    .filter(({ metadata }) => !metadata.ownerReferences?.some(owner => owner.kind === 'DaemonSet'))
    .filter(({ metadata }) => metadata.annotations?.['kubernetes.io/config.mirror'] === undefined)
    .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
}

function ended(phase: unknown): boolean {
  return phase === 'Succeeded' || phase === 'Failed';
}
