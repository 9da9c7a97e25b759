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
  const byUid = new Map<string, Kube>();
  const maps = Object.fromEntries(names.map(name => [name, new Map<string, Set<string>>()])) as Record<
    PodIndex,
    Map<string, Set<string>>
  >;
  const remove = (index: PodIndex, key: string, uid: string) => {
    const uids = maps[index].get(key);
    uids?.delete(uid);
    if (uids?.size === 0) maps[index].delete(key);
  };
  const add = (index: PodIndex, key: string, uid: string) => {
    let uids = maps[index].get(key);
    if (uids === undefined) {
      uids = new Set();
      maps[index].set(key, uids);
    }
    uids.add(uid);
  };
  return {
    change(before, after) {
      const uid = (after ?? before)?.metadata.uid ?? '';
      if (after === undefined) byUid.delete(uid);
      else byUid.set(uid, after);
      if (before !== undefined && after !== undefined && sameKeys(before, after)) return;
      for (const index of names) {
        const after_ = after === undefined ? [] : keysOf[index](after);
        const before_ = before === undefined ? [] : keysOf[index](before);
        for (const key of before_) if (!after_.includes(key)) remove(index, key, uid);
        for (const key of after_) add(index, key, uid);
      }
    },
    find: (index, key) => [...(maps[index].get(key) ?? [])].map(uid => byUid.get(uid) as Kube),
    count: (index, key) => maps[index].get(key)?.size ?? 0,
  };
}

/** Most changes of a pod are of its status: nothing it is found by moves. */
function sameKeys(before: Kube, after: Kube): boolean {
  return (
    before.metadata.labels === after.metadata.labels &&
    before.metadata.ownerReferences === after.metadata.ownerReferences &&
    textAt(before, 'spec', 'nodeName') === textAt(after, 'spec', 'nodeName')
  );
}
