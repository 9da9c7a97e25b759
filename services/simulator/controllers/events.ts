import type { Core } from '../api/core.ts';
import { type Kube, kubeTime } from '../api/object.ts';
import { apiVersionOf, RESOURCES, resourceOf } from '../api/resources.ts';
import { createObject } from '../api/write.ts';
import { takesObjects } from './pods.ts';

const events = resourceOf('events');

/** What a controller has to tell of an object. */
export interface Told {
  /** Default: Normal. */
  readonly type?: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  /** Who tells it. */
  readonly component: string;
  /** The node it happened on. */
  readonly host?: string;
}

/** So many Events of controllers are kept; a real server keeps them for an hour. */
const KEPT = 2_000;

const kept = new WeakMap<Core, Kube[]>();
let counter = 0;

/**
 * Writes an Event about an object, in its namespace, or `default` for kinds without; nothing where the namespace takes
 * no new objects, and of pods nothing while a cluster is being made.
 */
export function recordEvent(core: Core, about: Kube, told: Told): void {
  const { namespace, name, uid = '', resourceVersion = '' } = about.metadata;
  const where = namespace ?? 'default';
  const r = RESOURCES.find(resource => resource.kind === about.kind);
  if (r === undefined || (core.timers.instant && r.namespaced) || !takesObjects(core, where)) return;
  const now = kubeTime(core.now());
  counter += 1;
  const place = namespace === undefined ? {} : { namespace };
  const involvedObject = { kind: r.kind, ...place, name, uid, apiVersion: apiVersionOf(r), resourceVersion };
  const event = createObject(
    core,
    events,
    {
      metadata: { name: `${name}.${counter.toString(16).padStart(16, '0')}`, namespace: where },
      involvedObject,
      reason: told.reason,
      message: told.message,
      source: { component: told.component, ...(told.host === undefined ? {} : { host: told.host }) },
      firstTimestamp: now,
      lastTimestamp: now,
      count: 1,
      type: told.type ?? 'Normal',
      eventTime: null,
      reportingComponent: told.component,
      reportingInstance: told.host ?? '',
    },
    where,
  );
  forgetOld(core, event);
}

function forgetOld(core: Core, event: Kube): void {
  const all = kept.get(core) ?? [];
  kept.set(core, all);
  all.push(event);
  if (all.length <= KEPT) return;
  for (const old of all.splice(0, KEPT / 10)) core.store.remove(events, old);
}
