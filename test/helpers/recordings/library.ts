import { type Json, type Kube, textAt } from '../../../services/simulator/api/object.ts';
import { RESOURCES, type Resource } from '../../../services/simulator/api/resources.ts';
import { asJson, type Exchange, type Recording } from './recording.ts';
import { objectOfRow } from './rows.ts';

/** One state of an object, seen in some recording. */
export interface Sighting {
  readonly r: Resource;
  readonly object: Kube;
  readonly rv: number;
  /** Made up from what a Table shows of it. */
  readonly fromRow: boolean;
}

/** `plural/namespace/name`. */
export function keyOf(r: Resource, object: Kube): string {
  return `${r.plural}/${object.metadata.namespace ?? ''}/${object.metadata.name}`;
}

/** The kind an object is kept under; events of both groups are the same. */
export function resourceFor(apiVersion: string, kind: string): Resource | undefined {
  if (kind === 'Event') return RESOURCES.find(r => r.plural === 'events');
  return RESOURCES.find(
    r => r.kind === kind && (r.group === '' ? r.version : `${r.group}/${r.version}`) === apiVersion,
  );
}

/** The kind a path is about. */
export function resourceOfPath(path: string): Resource | undefined {
  const parts = path.split('?')[0]?.split('/').slice(1) ?? [];
  const rest = parts[0] === 'api' ? parts.slice(2) : parts.slice(3);
  const plural = rest[0] === 'namespaces' && rest.length > 2 ? rest[2] : rest[0];
  return RESOURCES.find(r => r.plural === plural);
}

function single(body: Json, fromPath: Resource | undefined): Sighting[] {
  const r = resourceFor(textAt(body, 'apiVersion'), textAt(body, 'kind')) ?? fromPath;
  const object = body as Kube;
  const version = object.metadata?.resourceVersion;
  if (r === undefined || version === undefined || object.metadata.uid === undefined) return [];
  if (textAt(body, 'apiVersion') === 'events.k8s.io/v1') return [];
  return [{ r, object, rv: Number(version), fromRow: false }];
}

/** Every object in an answer or in a watch event. */
export function sightingsIn(body: unknown, path: string): Sighting[] {
  const json = asJson(body);
  if (json === undefined) return [];
  const r = resourceOfPath(path);
  const kind = textAt(json, 'kind');
  if (kind === 'Table') {
    if (r === undefined) return [];
    return ((json['rows'] ?? []) as Json[]).map(row => {
      const object = objectOfRow(r, row);
      return { r, object, rv: Number(object.metadata.resourceVersion), fromRow: true };
    });
  }
  if (kind.endsWith('List') && Array.isArray(json['items'])) {
    const of = { apiVersion: json['apiVersion'], kind: kind.slice(0, -4) };
    return (json['items'] as Json[]).flatMap(item => single({ ...of, ...item }, r));
  }
  return single(json, r);
}

/** Every object in an exchange: in its answer and its events. */
export function sightingsOf(exchange: Exchange): Sighting[] {
  const events = exchange.events ?? [];
  return [
    ...sightingsIn(exchange.responseBody, exchange.path),
    ...events.flatMap(event => sightingsIn(event.object, exchange.path)),
  ];
}

/** All states of all objects in all recordings: one cluster, so resource versions order them. */
export class Library {
  readonly #byUid = new Map<string, Sighting[]>();
  readonly #byKey = new Map<string, Sighting[]>();

  constructor(recordings: readonly Recording[]) {
    for (const { exchanges } of recordings)
      for (const exchange of exchanges) for (const sighting of sightingsOf(exchange)) this.#learn(sighting);
    for (const states of [...this.#byUid.values(), ...this.#byKey.values()]) states.sort((a, b) => a.rv - b.rv);
  }

  /** The whole of what was seen: of a row the object itself, where some recording shows it at this version. */
  whole(sighting: Sighting): Sighting {
    const states = this.#byUid.get(sighting.object.metadata.uid ?? '') ?? [];
    const full = states.filter(state => !state.fromRow);
    const exact = full.find(state => state.rv === sighting.rv);
    if (exact !== undefined || !sighting.fromRow) return exact ?? sighting;
    const near = full.findLast(state => state.rv < sighting.rv);
    if (near === undefined) return sighting;
    return { ...near, rv: sighting.rv, object: { ...near.object, metadata: sighting.object.metadata } };
  }

  /** The latest state before a version; undefined when none is known. */
  before(uid: string, rv: number): Sighting | undefined {
    return this.#byUid.get(uid)?.findLast(state => state.rv < rv);
  }

  /** All states before a version that were seen whole, oldest first. */
  past(uid: string, rv: number): readonly Sighting[] {
    return this.#byUid.get(uid)?.filter(state => state.rv < rv && !state.fromRow) ?? [];
  }

  /** The latest state of `plural/namespace/name`, not on its way out, of an object made before `time`. */
  latest(key: string, time: string): Sighting | undefined {
    return this.#byKey
      .get(key)
      ?.findLast(
        ({ object: { metadata } }) =>
          metadata.deletionTimestamp === undefined && (metadata.creationTimestamp ?? '') <= time,
      );
  }

  #learn(sighting: Sighting): void {
    const add = (map: Map<string, Sighting[]>, key: string) => map.set(key, [...(map.get(key) ?? []), sighting]);
    add(this.#byUid, sighting.object.metadata.uid ?? '');
    add(this.#byKey, keyOf(sighting.r, sighting.object));
  }
}
