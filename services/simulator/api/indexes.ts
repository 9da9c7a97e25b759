import type { Kube } from './object.ts';
import { textAt } from './object.ts';

/** Index names of pods: by node, by controller's uid, by `namespace|label=value`. */
export type PodIndex = 'node' | 'owner' | 'label';

const keysOf: Record<PodIndex, (pod: Kube) => string[]> = {
  node: pod => {
    const node = textAt(pod, 'spec', 'nodeName');
    return node === '' ? [] : [node];
  },
  owner: pod => {
    const owner = pod.metadata.ownerReferences?.find(reference => reference.controller);
    return owner === undefined ? [] : [owner.uid];
  },
  label: pod =>
    Object.entries(pod.metadata.labels ?? {}).map(([key, value]) => labelKey(pod.metadata.namespace ?? '', key, value)),
};

const names = Object.keys(keysOf) as PodIndex[];

/** The key of the `label` index. */
export function labelKey(namespace: string, label: string, value: string): string {
  return `${namespace}|${label}=${value}`;
}

/** Finds pods without looking at all of them. */
export interface PodIndexes {
  change(before: Kube | undefined, after: Kube | undefined): void;
  find(index: PodIndex, key: string): Iterable<Kube>;
  count(index: PodIndex, key: string): number;
}

/** Indexes by uid, so a pod that comes back under its name is another one. */
export function createPodIndexes(): PodIndexes {
  const maps = Object.fromEntries(names.map(name => [name, new Map<string, Map<string, Kube>>()])) as Record<
    PodIndex,
    Map<string, Map<string, Kube>>
  >;
  const remove = (index: PodIndex, key: string, uid: string) => {
    const pods = maps[index].get(key);
    pods?.delete(uid);
    if (pods?.size === 0) maps[index].delete(key);
  };
  const add = (index: PodIndex, key: string, pod: Kube) => {
    let pods = maps[index].get(key);
    if (pods === undefined) {
      pods = new Map();
      maps[index].set(key, pods);
    }
    pods.set(pod.metadata.uid ?? '', pod);
  };
  return {
    change(before, after) {
      for (const index of names) {
        const after_ = after === undefined ? [] : keysOf[index](after);
        if (before !== undefined) {
          for (const key of keysOf[index](before))
            if (!after_.includes(key)) remove(index, key, before.metadata.uid ?? '');
        }
        if (after !== undefined) for (const key of after_) add(index, key, after);
      }
    },
    find: (index, key) => [...(maps[index].get(key)?.values() ?? [])],
    count: (index, key) => maps[index].get(key)?.size ?? 0,
  };
}
