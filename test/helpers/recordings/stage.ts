import { setImmediate } from 'node:timers/promises';
import { conditionIs } from '../../../services/simulator/api/conditions.ts';
import type { SimController } from '../../../services/simulator/api/faults.ts';
import { at, type Json, type Kube, listAt, textAt } from '../../../services/simulator/api/object.ts';
import { RESOURCES, type Resource } from '../../../services/simulator/api/resources.ts';
import type { SimCluster } from '../../../services/simulator/api/types.ts';
import type { HandMachine } from '../hand-cluster.ts';
import { mask } from './compare.ts';
import { keyOf, type Library, resourceOfPath, type Sighting, sightingsIn, sightingsOf } from './library.ts';
import type { Prop } from './made-up.ts';
import type { Exchange, Recording } from './recording.ts';
import type { Script } from './scripts.ts';
import type { Versions } from './versions.ts';

const CONTROLLERS: readonly SimController[] = [
  'disruption',
  'node-lifecycle',
  'taint-eviction',
  'namespace',
  'garbage',
  'scheduler',
  'deployment',
  'replicaset',
  'statefulset',
  'daemonset',
  'job',
];

/**
 * Plays everybody whose requests are not recorded: who made the objects, the kubelets, other clients. What the API server
 * and its controllers do themselves is never played.
 */
export class Stage {
  readonly sim: SimCluster;
  readonly #library: Library;
  readonly #versions: Versions;
  readonly #script: Script;
  readonly #machine: HandMachine;
  readonly #acting: readonly SimController[];
  /** Uids of objects put here as they were. */
  readonly #restored = new Set<string>();

  constructor(sim: SimCluster, machine: HandMachine, library: Library, versions: Versions, script: Script) {
    this.#machine = machine;
    this.sim = sim;
    this.#library = library;
    this.#versions = versions;
    this.#script = script;
    this.#acting = script.acting ?? ['node-lifecycle'];
    for (const controller of CONTROLLERS) if (!script.running?.includes(controller)) sim.faults.pause(controller);
  }

  /** Lets the controllers that may act make good what they have missed. */
  async letControllersRun(): Promise<void> {
    for (const controller of this.#acting) this.sim.faults.resume(controller);
    await setImmediate();
    await setImmediate();
    for (const controller of this.#acting) this.sim.faults.pause(controller);
  }

  /** Makes the world as it was before a recording's first request, as far as the recordings tell. */
  prepare(recording: Recording): void {
    const first = new Map<string, Sighting>();
    const changed = new Set<string>();
    const written = createdIn(recording);
    for (const exchange of recording.exchanges) {
      for (const sighting of sightingsOf(exchange)) {
        const { uid = '', creationTimestamp: made = '' } = sighting.object.metadata;
        if (first.has(uid) || written.has(keyOf(sighting.r, sighting.object))) continue;
        if (made.slice(0, 19) > recording.recordedAt.slice(0, 19)) written.add(keyOf(sighting.r, sighting.object));
        else first.set(uid, this.#before(sighting, exchange, changed));
      }
      const target = namedBy(exchange.path);
      if (target !== undefined && exchange.method !== 'GET')
        changed.add(`${target.r.plural}/${target.namespace}/${target.name}`);
      const named = this.#named(exchange, recording);
      if (named !== undefined) first.set(named.object.metadata.uid ?? '', named);
    }
    for (const key of this.#script.also ?? []) {
      const known = this.#library.latest(key, recording.recordedAt);
      if (known === undefined) throw new Error(`no recording shows ${key}`);
      first.set(known.object.metadata.uid ?? '', known);
    }
    const states = [...first.values()].flatMap(state => this.#withEarlier(state));
    for (const state of states.toSorted((a, b) => a.rv - b.rv)) this.restore(state);
    for (const name of this.#script.namespaces ?? []) this.#needNamespace(name);
    for (const prop of this.#script.objects ?? []) this.put(prop);
  }

  /** Puts an object no recording shows. */
  put({ plural, object }: Prop): void {
    this.#needNamespace(object.metadata.namespace);
    this.sim.objects.restore(plural, object);
  }

  /** Puts `plural/namespace/name` as some recording shows it last. */
  putKnown(key: string): void {
    const known = this.#library.latest(key, '9');
    if (known === undefined) throw new Error(`no recording shows ${key}`);
    this.restore(this.#library.whole(known));
  }

  /** Switches the machine below the scripted node off. */
  powerOff(): void {
    this.#machine.goDown();
  }

  /** From now on a controller works as it would. */
  release(controller: SimController): void {
    this.sim.faults.resume(controller);
  }

  /** From now on a controller does nothing. */
  hold(controller: SimController): void {
    this.sim.faults.pause(controller);
  }

  /** Puts a state of an object into the simulator as it was. */
  restore({ r, object, rv }: Sighting): void {
    this.#needNamespace(object.metadata.namespace);
    const live = this.sim.objects.restore(r.plural, object);
    this.#restored.add(live.metadata.uid ?? '');
    this.#versions.learnVersion(rv, Number(live.metadata.resourceVersion));
  }

  /** Before a read: brings about what others must have done for the recorded answer to be as it is. */
  meet(exchange: Exchange): void {
    if (exchange.method !== 'GET' || exchange.watch !== undefined) return;
    const target = namedBy(exchange.path);
    if (exchange.status === 404 && target !== undefined) this.#gone(target.r, target.namespace, target.name);
    if (exchange.status !== 200) return;
    for (const sighting of sightingsIn(exchange.responseBody, exchange.path)) this.show(this.#library.whole(sighting));
  }

  /** Brings one object to a recorded state, in what is not the server's own doing. */
  show(sighting: Sighting): void {
    const { r, object } = sighting;
    const { namespace = '', name } = object.metadata;
    const live = this.sim.objects.get(r.plural, namespace, name);
    if (live === undefined) this.restore(sighting);
    else if (!same(live, object)) this.#play(sighting, live);
  }

  /** After an answer: takes away what the recorded one shows is gone. Returns whether there was anything. */
  remove(exchange: Exchange, live: unknown): boolean {
    if (exchange.status !== 200 || exchange.method !== 'GET' || exchange.binary === true) return false;
    const recorded = new Set(sightingsIn(exchange.responseBody, exchange.path).map(s => keyOf(s.r, s.object)));
    const extra = sightingsIn(live, exchange.path).filter(s => !recorded.has(keyOf(s.r, s.object)));
    const isPage = exchange.path.includes('continue=');
    if (isPage) return false;
    for (const { r, object } of extra) this.#gone(r, object.metadata.namespace ?? '', object.metadata.name);
    return extra.length > 0;
  }

  /** Ends an object: a pod on its way out as its kubelet does, all else at once. */
  end(sighting: Sighting): void {
    const { namespace = '', name } = sighting.object.metadata;
    this.#gone(sighting.r, namespace, name);
  }

  #gone(r: Resource, namespace: string, name: string): void {
    const live = this.sim.objects.get(r.plural, namespace, name);
    if (live === undefined) return;
    if (r.plural === 'pods' && live.metadata.deletionTimestamp !== undefined && textAt(live, 'spec', 'nodeName') !== '')
      this.sim.objects.finish(namespace, name);
    else this.sim.objects.erase(r.plural, namespace, name);
  }

  /** What was there before the recorded requests, or what happened beside a watch, had changed it. */
  #before(sighting: Sighting, exchange: Exchange, changed: ReadonlySet<string>): Sighting {
    const whole = this.#library.whole(sighting);
    const read = exchange.method === 'GET' && exchange.watch === undefined;
    if (read && !changed.has(keyOf(whole.r, whole.object))) return whole;
    const earlier = this.#library.before(whole.object.metadata.uid ?? '', whole.rv);
    return undeleted(earlier === undefined ? whole : this.#library.whole(earlier));
  }

  /** A state and those before it, where they are known: so that there is a past to look back at. */
  #withEarlier(state: Sighting): Sighting[] {
    return [...this.#library.past(state.object.metadata.uid ?? '', state.rv), state];
  }

  /** What a request names that no answer shows. */
  #named(exchange: Exchange, recording: Recording): Sighting | undefined {
    const target = namedBy(exchange.path);
    if (target === undefined || exchange.method === 'GET' || exchange.status === 404) return undefined;
    const key = `${target.r.plural}/${target.namespace}/${target.name}`;
    const shown = recording.exchanges.some(other => sightingsOf(other).some(s => keyOf(s.r, s.object) === key));
    if (shown) return undefined;
    const known = this.#library.latest(key, recording.recordedAt);
    return known === undefined ? undefined : this.#library.whole(known);
  }

  #needNamespace(name: string | undefined): void {
    if (name === undefined || this.sim.objects.get('namespaces', '', name) !== undefined) return;
    this.sim.objects.restore('namespaces', {
      metadata: { name, creationTimestamp: '2026-01-01T00:00:00Z', labels: { 'kubernetes.io/metadata.name': name } },
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    });
  }

  #play({ r, object, rv, fromRow }: Sighting, live: Kube): void {
    const { namespace = '', name, labels, annotations, deletionTimestamp } = object.metadata;
    if (fromRow) return;
    if (live.metadata.uid !== object.metadata.uid) {
      // One of the same name came after it.
      if (!this.#restored.has(live.metadata.uid ?? '')) return;
      this.#gone(r, namespace, name);
      this.restore({ r, object, rv, fromRow });
      return;
    }
    if (deletionTimestamp !== undefined && live.metadata.deletionTimestamp === undefined) {
      if (this.#script.plays?.includes('delete')) this.sim.objects.delete(r.plural, namespace, name);
      return;
    }
    const metadata = { ...live.metadata };
    if (labels !== undefined) metadata.labels = labels;
    if (annotations !== undefined) metadata.annotations = annotations;
    // The kubelet's own delete, of which the end was not yet seen.
    if (object.metadata.deletionGracePeriodSeconds === 0) metadata.deletionGracePeriodSeconds = 0;
    const played = { ...live, metadata, ...this.#statusOf(r, object, live) };
    if (!same(played, live)) this.restore({ r, object: played, rv, fromRow: false });
  }

  /** The status a kubelet or a paused controller has written. */
  #statusOf(r: Resource, object: Kube, live: Kube): Json {
    if (r.plural === 'pods' && !this.#script.ownPodStatus) {
      const own = listAt(live, 'status', 'conditions').filter(condition => condition['type'] === 'DisruptionTarget');
      const others = listAt(object, 'status', 'conditions').filter(
        condition => condition['type'] !== 'DisruptionTarget',
      );
      return { status: { ...object.status, conditions: [...others, ...own] } };
    }
    if (r.plural === 'nodes' && this.#script.plays?.includes('cordon')) {
      const unschedulable = at(object, 'spec', 'unschedulable');
      const { unschedulable: _was, ...spec } = live.spec ?? {};
      return { spec: unschedulable === undefined ? spec : { ...spec, unschedulable } };
    }
    if (r.plural === 'nodes' && this.#script.plays?.includes('kubelet') && conditionIs(object, 'Ready', 'True'))
      return object.status === undefined ? {} : { status: object.status };
    if (['leases', 'events'].includes(r.plural)) return object;
    return {};
  }
}

function same(one: Kube, other: Kube): boolean {
  const plain = ({ kind: _kind, apiVersion: _version, ...rest }: Kube) => JSON.stringify(mask(sorted(rest)));
  return plain(one) === plain(other);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}

/** A state as it was before anybody deleted or evicted the object. */
function undeleted(state: Sighting): Sighting {
  const { deletionTimestamp, deletionGracePeriodSeconds: _grace, generation, ...metadata } = state.object.metadata;
  if (deletionTimestamp === undefined) return state;
  const conditions = listAt(state.object, 'status', 'conditions').filter(one => one['type'] !== 'DisruptionTarget');
  const counted = generation === undefined ? {} : { generation: generation - 1 };
  const status = { ...state.object.status, conditions };
  return { ...state, object: { ...state.object, metadata: { ...metadata, ...counted }, status } };
}

/** What the recorded requests create themselves. */
function createdIn(recording: Recording): Set<string> {
  const made = recording.exchanges.filter(({ method, status }) => method === 'POST' && status === 201);
  return new Set(
    made.flatMap(({ path, requestBody }) => {
      const r = resourceOfPath(path);
      const name = textAt(requestBody, 'metadata', 'name');
      const namespace = /\/namespaces\/([^/?]+)\//.exec(path)?.[1] ?? '';
      return r === undefined || namedBy(path) !== undefined ? [] : [`${r.plural}/${namespace}/${name}`];
    }),
  );
}

/** The object a path names; undefined for collections and all else. */
export function namedBy(path: string): { r: Resource; namespace: string; name: string } | undefined {
  const all = path.split('?')[0]?.split('/').slice(1) ?? [];
  if (all[0] !== 'api' && all[0] !== 'apis') return undefined;
  const rest = all[0] === 'api' ? all.slice(2) : all.slice(3);
  const within = rest[0] === 'namespaces' && rest.length > 2;
  const [plural, name] = within ? [rest[2], rest[3]] : [rest[0], rest[1]];
  const r = RESOURCES.find(resource => resource.plural === plural);
  if (r === undefined || name === undefined) return undefined;
  return { r, namespace: within ? (rest[1] ?? '') : '', name };
}
