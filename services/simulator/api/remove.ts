import type { Core } from './core.ts';
import { invalid, preconditionFailed } from './errors.ts';
import { at, type Json, type Kube, kubeTime, plainText, textAt } from './object.ts';
import type { Resource } from './resources.ts';

/** DeleteOptions, checked. */
export interface DeleteOptions {
  /** undefined: the pod's own. */
  readonly graceSeconds: number | undefined;
  readonly uid: string | undefined;
  readonly resourceVersion: string | undefined;
  readonly dryRun: boolean;
}

const policies = ['Foreground', 'Background', 'Orphan'];

/** Reads DeleteOptions from a body. Throws ApiError 422. */
export function readDeleteOptions(body: Json | undefined, graceInQuery?: number, dryRun = false): DeleteOptions {
  const policy = body?.['propagationPolicy'];
  if (policy !== undefined && policy !== null && !policies.includes(plainText(policy))) {
    const supported = [...policies, 'nil'].map(p => `"${p}"`).join(', ');
    const message = `Unsupported value: ${JSON.stringify(policy)}: supported values: ${supported}`;
    const of = { kind: 'DeleteOptions', group: 'meta.k8s.io', name: '' };
    throw invalid(of, { reason: 'FieldValueNotSupported', message, field: 'propagationPolicy' });
  }
  const grace = body?.['gracePeriodSeconds'];
  const uid = at(body, 'preconditions', 'uid');
  const version = at(body, 'preconditions', 'resourceVersion');
  return {
    graceSeconds: typeof grace === 'number' ? grace : graceInQuery,
    uid: typeof uid === 'string' ? uid : undefined,
    resourceVersion: typeof version === 'string' ? version : undefined,
    dryRun: dryRun || (Array.isArray(body?.['dryRun']) && (body['dryRun'] as unknown[]).includes('All')),
  };
}

/** Throws ApiError 409 when the preconditions do not hold. */
export function checkPreconditions(r: Resource, object: Kube, options: DeleteOptions): void {
  const { uid = '', resourceVersion = '', name } = object.metadata;
  if (options.uid !== undefined && options.uid !== uid) throw preconditionFailed(r, name, 'UID', options.uid, uid);
  if (options.resourceVersion !== undefined && options.resourceVersion !== resourceVersion)
    throw preconditionFailed(r, name, 'ResourceVersion', options.resourceVersion, resourceVersion);
}

/**
 * Deletes: a pod on a node gets its deletion time and leaves when its kubelet has stopped it; everything else goes at
 * once, or when its finalizers are gone. Returns the last state.
 */
export function deleteObject(core: Core, r: Resource, object: Kube, options: DeleteOptions): Kube {
  checkPreconditions(r, object, options);
  if (options.dryRun) return object;
  if (r.plural === 'namespaces') return terminate(core, r, object);
  if (r.plural === 'pods' && isLeaving(object) && !isShorter(object, options.graceSeconds)) return object;
  const grace = r.plural === 'pods' ? graceFor(object, options.graceSeconds) : 0;
  if (grace === 0 && !object.metadata.finalizers?.length) return removeNow(core, r, object);
  const running = object.metadata.deletionGracePeriodSeconds;
  if (object.metadata.deletionTimestamp !== undefined && (running ?? 0) <= grace) return object;
  const metadata = {
    ...object.metadata,
    deletionTimestamp: kubeTime(core.now() + grace * 1000),
    deletionGracePeriodSeconds: grace,
  };
  if (r.plural === 'pods') tellEviction(core, object);
  return core.store.replace(r, object, { ...object, metadata });
}

/** A namespace goes when its controller has emptied it. */
function terminate(core: Core, r: Resource, namespace: Kube): Kube {
  if (namespace.metadata.deletionTimestamp !== undefined) return namespace;
  const metadata = { ...namespace.metadata, deletionTimestamp: kubeTime(core.now()) };
  const status = { ...namespace.status, phase: 'Terminating' };
  return core.store.replace(r, namespace, { ...namespace, metadata, status });
}

function isLeaving({ metadata }: Kube): boolean {
  return metadata.deletionTimestamp !== undefined && (metadata.deletionGracePeriodSeconds ?? 0) > 0;
}

/** What leaves already keeps its time, unless somebody names a shorter one (k8s.io/apiserver, registry/rest/delete.go). */
function isShorter({ metadata }: Kube, wanted: number | undefined): boolean {
  return wanted !== undefined && wanted < (metadata.deletionGracePeriodSeconds ?? 0);
}

/** A pod leaves in two events, as with the real server: its grace falls to 0, then it is deleted. */
export function removeNow(core: Core, r: Resource, object: Kube): Kube {
  let last = object;
  if (r.plural === 'pods') {
    tellEviction(core, object);
    if (textAt(object, 'spec', 'nodeName') !== '' && object.metadata.deletionGracePeriodSeconds !== 0) {
      const metadata = { ...object.metadata, deletionTimestamp: kubeTime(core.now()), deletionGracePeriodSeconds: 0 };
      last = core.store.replace(r, object, { ...object, metadata });
    }
  }
  return core.store.remove(r, last) ?? last;
}

function graceFor(pod: Kube, wanted: number | undefined): number {
  const phase = textAt(pod, 'status', 'phase');
  if (textAt(pod, 'spec', 'nodeName') === '' || phase === 'Succeeded' || phase === 'Failed') return 0;
  const own = at(pod, 'spec', 'terminationGracePeriodSeconds');
  const seconds = wanted ?? (typeof own === 'number' ? own : 30);
  return seconds < 0 ? 1 : seconds;
}

/** A client (not a controller) sends a pod away from its node: told once a pod. */
function tellEviction(core: Core, pod: Kube): void {
  const node = textAt(pod, 'spec', 'nodeName');
  if (node === '' || pod.metadata.deletionTimestamp !== undefined || core.actor.startsWith('controller:')) return;
  const { namespace = '', name, uid = '' } = pod.metadata;
  core.world.write(core.cluster, node, 'evict', { pod: `${namespace}/${name}`, uid, agent: core.actor });
}
