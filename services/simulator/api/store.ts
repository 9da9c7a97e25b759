import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { alreadyExists, conflict, notFound } from './errors.ts';
import { createHistory, type History, type StoreEvent } from './history.ts';
import { createPodIndexes, type PodIndexes } from './indexes.ts';
import { type Kube, kubeTime } from './object.ts';
import { apiVersionOf, RESOURCES, type Resource, resourceOf } from './resources.ts';

/** All objects of a cluster. Objects given out are never changed in place; a change is a new object. */
export interface Store {
  /** The resource version of the last change. */
  readonly rv: number;
  readonly pods: PodIndexes;
  get(r: Resource, namespace: string, name: string): Kube | undefined;
  /** Sorted by namespace, then name. */
  list(r: Resource, namespace?: string): readonly Kube[];
  /** Gives uid, times and resource version. Throws ApiError 409 when the name is taken. */
  create(r: Resource, object: Kube): Kube;
  /**
   * Puts a new state, made from `before`. A state equal to it changes nothing and keeps the resource version. Throws
   * ApiError 404 when it is gone, 409 when the stored one is no longer `before`.
   */
  replace(r: Resource, before: Kube, after: Kube): Kube;
  /** Removes for good; nothing when it is already gone. */
  remove(r: Resource, object: Kube): Kube | undefined;
  history(r: Resource): History;
  /** Forgets all history: whoever comes back with an older resource version gets 410. */
  expire(): void;
  /** Hears every change of a kind, within the change. Returns the way to stop. */
  subscribe(r: Resource, listener: (event: StoreEvent) => void): () => void;
}

interface Shelf {
  readonly objects: Map<string, Kube>;
  /** The keys in order; null after a create or a remove, until somebody lists. */
  keys: string[] | null;
  readonly history: History;
  readonly listeners: Set<(event: StoreEvent) => void>;
}

/** A space sorts before every character of a name, as etcd's `/` between namespace and name does among its keys. */
function keyOf(namespace: string, name: string): string {
  return `${namespace} ${name}`;
}

/** An empty store. */
export function createStore(options: { watchHistory: number; now: () => number }): Store {
  let rv = 1;
  const pods = createPodIndexes();
  const shelves = new Map<Resource, Shelf>();
  for (const r of RESOURCES) {
    const history = createHistory(options.watchHistory);
    shelves.set(r, { objects: new Map(), keys: null, history, listeners: new Set() });
  }
  const podsResource = resourceOf('pods');
  const shelf = (r: Resource) => shelves.get(r) as Shelf;
  const current = (r: Resource, object: Kube) => {
    const key = keyOf(object.metadata.namespace ?? '', object.metadata.name);
    return { key, is: shelf(r).objects.get(key) };
  };
  const tell = (r: Resource, event: StoreEvent) => {
    if (r === podsResource) pods.change(event.before, event.type === 'DELETED' ? undefined : event.object);
    shelf(r).history.push(event);
    for (const listener of [...shelf(r).listeners]) listener(event);
  };
  const versioned = (object: Kube): Kube => {
    rv += 1;
    return { ...object, metadata: { ...object.metadata, resourceVersion: String(rv) } };
  };

  return {
    get rv() {
      return rv;
    },
    pods,
    get: (r, namespace, name) => shelf(r).objects.get(keyOf(r.namespaced ? namespace : '', name)),
    list: (r, namespace) => sortedObjects(shelf(r), namespace),
    create(r, object) {
      const { key, is } = current(r, object);
      if (is !== undefined) throw alreadyExists(r, object.metadata.name);
      const created = versioned(dressed(r, object, options.now()));
      shelf(r).objects.set(key, created);
      shelf(r).keys = null;
      tell(r, { type: 'ADDED', rv, object: created, before: undefined });
      return created;
    },
    replace(r, before, after) {
      const { key, is } = current(r, before);
      if (is === undefined) throw notFound(r, before.metadata.name);
      if (is !== before) throw conflict(r, before.metadata.name);
      const kept = withFixedFields(r, before, after);
      if (isDeepStrictEqual(kept, before)) return before;
      const changed = versioned(kept);
      shelf(r).objects.set(key, changed);
      tell(r, { type: 'MODIFIED', rv, object: changed, before });
      return changed;
    },
    remove(r, object) {
      const { key, is } = current(r, object);
      if (is === undefined || is.metadata.uid !== object.metadata.uid) return undefined;
      shelf(r).objects.delete(key);
      shelf(r).keys = null;
      const removed = versioned(is);
      tell(r, { type: 'DELETED', rv, object: removed, before: is });
      return removed;
    },
    history: r => shelf(r).history,
    expire() {
      rv += 1;
      for (const r of RESOURCES) shelf(r).history.forget(rv);
    },
    subscribe(r, listener) {
      shelf(r).listeners.add(listener);
      return () => void shelf(r).listeners.delete(listener);
    },
  };
}

function sortedObjects(shelf: Shelf, namespace: string | undefined): readonly Kube[] {
  shelf.keys ??= [...shelf.objects.keys()].sort();
  const prefix = namespace === undefined ? '' : `${namespace} `;
  const keys = namespace === undefined ? shelf.keys : shelf.keys.filter(key => key.startsWith(prefix));
  return keys.map(key => shelf.objects.get(key) as Kube);
}

/** kind and apiVersion come first: serialised lists cut them off. */
function dressed(r: Resource, object: Kube, now: number): Kube {
  const { kind: _kind, apiVersion: _version, metadata, ...rest } = object;
  const { name, namespace: _namespace, uid: _uid, creationTimestamp: _created, ...more } = metadata;
  return {
    kind: r.kind,
    apiVersion: apiVersionOf(r),
    metadata: {
      name,
      ...(r.namespaced ? { namespace: metadata.namespace ?? 'default' } : {}),
      uid: randomUUID(),
      resourceVersion: '',
      ...(r.counted ? { generation: 1 } : {}),
      creationTimestamp: kubeTime(now),
      ...more,
    },
    ...rest,
  };
}

/** What no write may change: identity, and the generation but by the spec. */
function withFixedFields(r: Resource, before: Kube, after: Kube): Kube {
  const { name, namespace, uid, resourceVersion, creationTimestamp, generation } = before.metadata;
  const raised =
    r.counted && (!isDeepStrictEqual(before.spec, after.spec) || isDeletion(before, after))
      ? (generation ?? 0) + 1
      : generation;
  const metadata = { ...after.metadata, name, uid, resourceVersion, creationTimestamp } as Kube['metadata'];
  if (namespace !== undefined) metadata.namespace = namespace;
  if (raised !== undefined) metadata.generation = raised;
  const { kind: _kind, apiVersion: _version, metadata: _metadata, ...rest } = after;
  return { kind: before.kind as string, apiVersion: before.apiVersion as string, metadata, ...rest };
}

function isDeletion(before: Kube, after: Kube): boolean {
  return before.metadata.deletionTimestamp === undefined && after.metadata.deletionTimestamp !== undefined;
}
