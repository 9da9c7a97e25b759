import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { alreadyExists, conflict, notFound } from './errors.ts';
import { createHistory, type History, type StoreEvent } from './history.ts';
import { createPodIndexes, type PodIndexes } from './indexes.ts';
import { type Kube, kubeTime } from './object.ts';
import { apiVersionOf, RESOURCES, type Resource } from './resources.ts';

interface Shelf {
  readonly objects: Map<string, Kube>;
  /** The keys in order; null after a create or a remove, until somebody lists. */
  keys: string[] | null;
  /** The objects in that order; null after any change, until somebody lists. */
  sorted: readonly Kube[] | null;
  readonly history: History;
  readonly listeners: Set<(event: StoreEvent) => void>;
}

/** A space sorts before every character of a name, as etcd's `/` between namespace and name does among its keys. */
function keyOf(namespace: string, name: string): string {
  return `${namespace} ${name}`;
}

/** All objects of a cluster. Objects given out are never changed in place; a change is a new object. */
export class Store {
  /** Finds pods by node, owner and label. */
  readonly pods: PodIndexes = createPodIndexes();
  readonly #shelves = new Map<Resource, Shelf>();
  readonly #now: () => number;
  #rv = 1;
  /** A listener may write: what comes of it is told when everybody has heard what came before. */
  readonly #untold: { r: Resource; event: StoreEvent }[] = [];
  #telling = false;

  constructor(options: { watchHistory: number; now: () => number }) {
    this.#now = options.now;
    for (const r of RESOURCES) {
      const history = createHistory(options.watchHistory);
      this.#shelves.set(r, { objects: new Map(), keys: null, sorted: null, history, listeners: new Set() });
    }
  }

  /** The resource version of the last change. */
  get rv(): number {
    return this.#rv;
  }

  /** undefined: there is none. The namespace is ignored for kinds without. */
  get(r: Resource, namespace: string, name: string): Kube | undefined {
    return this.#shelf(r).objects.get(keyOf(r.namespaced ? namespace : '', name));
  }

  /** Sorted by namespace, then name. */
  list(r: Resource, namespace?: string): readonly Kube[] {
    const shelf = this.#shelf(r);
    shelf.keys ??= [...shelf.objects.keys()].toSorted();
    shelf.sorted ??= shelf.keys.map(key => shelf.objects.get(key) as Kube);
    if (namespace === undefined) return shelf.sorted;
    return shelf.sorted.filter(one => (one.metadata.namespace ?? '') === namespace);
  }

  /** What `list` gave at an earlier resource version; null when the history no longer reaches back to it. */
  listAt(r: Resource, rv: number, namespace?: string): readonly Kube[] | null {
    const changes = this.history(r).since(rv);
    if (changes === null) return null;
    if (changes.length === 0) return this.list(r, namespace);
    const then = new Map(this.#shelf(r).objects);
    for (const { before, object } of changes.toReversed()) {
      const key = keyOf(object.metadata.namespace ?? '', object.metadata.name);
      if (before === undefined) then.delete(key);
      else then.set(key, before);
    }
    const keys = [...then.keys()].toSorted();
    const all = keys.map(key => then.get(key) as Kube);
    return namespace === undefined ? all : all.filter(object => object.metadata.namespace === namespace);
  }

  /** Gives uid, times and resource version. Throws ApiError 409 when the name is taken. */
  create(r: Resource, object: Kube): Kube {
    const shelf = this.#shelf(r);
    const dressed = withIdentity(r, object, this.#now());
    const key = keyOf(dressed.metadata.namespace ?? '', dressed.metadata.name);
    if (shelf.objects.has(key)) throw alreadyExists(r, object.metadata.name);
    const created = this.#versioned(dressed);
    shelf.objects.set(key, created);
    shelf.keys = null;
    this.#tell(r, { type: 'ADDED', rv: this.#rv, object: created, before: undefined });
    return created;
  }

  /**
   * Puts a new state, made from `before`. A state equal to it changes nothing and keeps the resource version. Throws
   * ApiError 404 when it is gone, 409 when the stored one is no longer `before`.
   */
  replace(r: Resource, before: Kube, after: Kube): Kube {
    const { objects } = this.#shelf(r);
    const key = keyOf(before.metadata.namespace ?? '', before.metadata.name);
    const is = objects.get(key);
    if (is === undefined) throw notFound(r, before.metadata.name);
    if (is !== before) throw conflict(r, before.metadata.name);
    const kept = withFixedFields(r, before, after);
    if (isDeepStrictEqual(kept, before)) return before;
    const changed = this.#versioned(kept);
    objects.set(key, changed);
    this.#tell(r, { type: 'MODIFIED', rv: this.#rv, object: changed, before });
    return changed;
  }

  /** Removes for good; undefined when it is already gone. */
  remove(r: Resource, object: Kube): Kube | undefined {
    const shelf = this.#shelf(r);
    const key = keyOf(object.metadata.namespace ?? '', object.metadata.name);
    const is = shelf.objects.get(key);
    if (is === undefined || is.metadata.uid !== object.metadata.uid) return undefined;
    shelf.objects.delete(key);
    shelf.keys = null;
    const removed = this.#versioned(is);
    this.#tell(r, { type: 'DELETED', rv: this.#rv, object: removed, before: is });
    return removed;
  }

  /** Puts an object as it is, uid, times, status and all, under a new resource version; one of another uid goes first. */
  restore(r: Resource, object: Kube): Kube {
    const { objects } = this.#shelf(r);
    const { kind: _kind, apiVersion: _version, metadata, ...rest } = object;
    const key = keyOf(metadata.namespace ?? '', metadata.name);
    const is = objects.get(key);
    const uid = metadata.uid ?? randomUUID();
    if (is !== undefined && is.metadata.uid !== uid) this.remove(r, is);
    const before = is?.metadata.uid === uid ? is : undefined;
    const dressed = { kind: r.kind, apiVersion: apiVersionOf(r), metadata: { ...metadata, uid }, ...rest };
    const restored = this.#versioned(dressed);
    objects.set(key, restored);
    if (before === undefined) this.#shelf(r).keys = null;
    this.#tell(r, { type: before === undefined ? 'ADDED' : 'MODIFIED', rv: this.#rv, object: restored, before });
    return restored;
  }

  /** The latest changes of a kind. */
  history(r: Resource): History {
    return this.#shelf(r).history;
  }

  /** Forgets all history: whoever comes back with an older resource version gets 410. */
  expire(): void {
    this.#rv += 1;
    for (const shelf of this.#shelves.values()) shelf.history.forget(this.#rv);
  }

  /** Hears every change of a kind, in order, before the writer goes on. Returns the way to stop. */
  subscribe(r: Resource, listener: (event: StoreEvent) => void): () => void {
    const { listeners } = this.#shelf(r);
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }

  #shelf(r: Resource): Shelf {
    return this.#shelves.get(r) as Shelf;
  }

  #versioned(object: Kube): Kube {
    this.#rv += 1;
    return { ...object, metadata: { ...object.metadata, resourceVersion: String(this.#rv) } };
  }

  #tell(r: Resource, event: StoreEvent): void {
    if (r.plural === 'pods') this.pods.change(event.before, event.type === 'DELETED' ? undefined : event.object);
    const shelf = this.#shelf(r);
    shelf.sorted = null;
    shelf.history.push(event);
    this.#untold.push({ r, event });
    if (this.#telling) return;
    this.#telling = true;
    try {
      for (let next = this.#untold.shift(); next !== undefined; next = this.#untold.shift())
        for (const listener of [...this.#shelf(next.r).listeners]) listener(next.event);
    } finally {
      this.#telling = false;
    }
  }
}

/** kind and apiVersion come first: serialised lists cut them off. */
function withIdentity(r: Resource, object: Kube, now: number): Kube {
  const { kind: _kind, apiVersion: _version, metadata, ...rest } = object;
  const { name, namespace = 'default', uid: _uid, creationTimestamp: _created, ...more } = metadata;
  return {
    kind: r.kind,
    apiVersion: apiVersionOf(r),
    metadata: {
      name,
      ...(r.namespaced ? { namespace } : {}),
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
  const metadata = { ...after.metadata, name, uid, resourceVersion, creationTimestamp } as Kube['metadata'];
  if (namespace !== undefined) metadata.namespace = namespace;
  const rises = r.counted && (isDeletion(before, after) || !isDeepStrictEqual(before.spec, after.spec));
  if (generation !== undefined) metadata.generation = generation + (rises ? 1 : 0);
  const { kind: _kind, apiVersion: _version, metadata: _metadata, ...rest } = after;
  return { kind: r.kind, apiVersion: apiVersionOf(r), metadata, ...rest };
}

function isDeletion(before: Kube, after: Kube): boolean {
  return before.metadata.deletionTimestamp === undefined && after.metadata.deletionTimestamp !== undefined;
}
