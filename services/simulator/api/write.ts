import { randomBytes } from 'node:crypto';
import type { Core } from './core.ts';
import { withDefaults } from './defaults.ts';
import { badRequest, conflict, invalid, namespaceTerminating, notFound, unsupportedMediaType } from './errors.ts';
import { applyJsonPatch } from './json-patch.ts';
import { mergePatch, strategicMergePatch } from './merge-patch.ts';
import { type Json, type Kube, type PatchKind, plainText, textAt } from './object.ts';
import { apiVersionOf, type Resource, resourceOf } from './resources.ts';
import { checkObject, checkUpdate } from './validate.ts';

/** The object, or ApiError 404. */
export function mustGet(core: Core, r: Resource, namespace: string, name: string): Kube {
  const found = core.store.get(r, namespace, name);
  if (found === undefined) throw notFound(r, name);
  return found;
}

/** Throws ApiError 404 when the namespace is missing, 403 when it is being deleted. `name` is what would be created. */
export function admitNamespace(core: Core, r: Resource, name: string, namespace: string): void {
  const namespaces = resourceOf('namespaces');
  const found = core.store.get(namespaces, '', namespace);
  if (found === undefined) throw notFound(namespaces, namespace);
  if (textAt(found, 'status', 'phase') === 'Terminating') throw namespaceTerminating(r, name, namespace);
}

/** Creates an object as a POST does. */
export function createObject(
  core: Core,
  r: Resource,
  given: Json,
  namespace: string | undefined,
  dryRun = false,
): Kube {
  const object = asKind(r, given);
  const named = { ...object, metadata: { ...object.metadata, name: nameFor(core, r, object, namespace) } };
  if (r.namespaced) {
    named.metadata.namespace = agreedNamespace(named, namespace);
    admitNamespace(core, r, named.metadata.name, named.metadata.namespace);
  }
  checkObject(r, named);
  if (dryRun) return named;
  return core.store.create(r, withDefaults(core, r, named));
}

function asKind(r: Resource, given: Json): Kube {
  const kind = plainText(given['kind'], r.kind);
  const version = plainText(given['apiVersion'], apiVersionOf(r));
  if (kind !== r.kind) {
    const from = `${version}.${kind}`;
    const why = `converting (${from.replace('/', '.')}) to (${r.group === '' ? 'core' : r.group}.${r.kind}): unknown conversion`;
    throw badRequest(`${kind} in version "${version}" cannot be handled as a ${r.kind}: ${why}`);
  }
  if (version !== apiVersionOf(r))
    throw badRequest(
      `${r.kind} in version "${version}" cannot be handled as a ${r.kind}: no kind "${r.kind}" is registered for version "${version}" in scheme "pkg/runtime/scheme.go:111"`,
    );
  const metadata = (given['metadata'] ?? {}) as Kube['metadata'];
  return { ...given, metadata };
}

function agreedNamespace(object: Kube, namespace: string | undefined): string {
  const said = object.metadata.namespace;
  if (said !== undefined && said !== '' && namespace !== undefined && said !== namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  return namespace ?? said ?? 'default';
}

const suffixLetters = 'bcdfghjklmnpqrstvwxz2456789';

let dice = Buffer.alloc(0);

/** Five letters, as generated names end. */
export function nameSuffix(): string {
  if (dice.length < 5) dice = randomBytes(4096);
  const five = [...dice.subarray(0, 5)];
  dice = dice.subarray(5);
  return five.map(byte => suffixLetters[byte % suffixLetters.length]).join('');
}

function nameFor(core: Core, r: Resource, object: Kube, namespace: string | undefined): string {
  const { name, generateName } = object.metadata;
  if (typeof name === 'string' && name !== '') return name;
  if (generateName === undefined || generateName === '') return '';
  for (;;) {
    const made = `${generateName}${nameSuffix()}`;
    if (core.store.get(r, namespace ?? object.metadata.namespace ?? 'default', made) === undefined) return made;
  }
}

/** Replaces an object as a PUT does. Without a resource version the last writer wins. */
export function updateObject(core: Core, r: Resource, before: Kube, given: Json, part: string, dryRun = false): Kube {
  const object = asKind(r, given);
  const { name, uid, resourceVersion } = before.metadata;
  if (object.metadata.name !== name)
    throw badRequest(`the name of the object (${object.metadata.name}) does not match the name on the URL (${name})`);
  if (object.metadata.namespace !== undefined && object.metadata.namespace !== before.metadata.namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  if (object.metadata.uid !== undefined && object.metadata.uid !== uid) throw conflict(r, name);
  const said = object.metadata.resourceVersion;
  if (said !== undefined && said !== '' && said !== resourceVersion) throw conflict(r, name);
  return put(core, r, before, object, part, dryRun);
}

const patchTypes: Readonly<Record<string, PatchKind>> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic-merge',
  'application/apply-patch+yaml': 'apply',
};

/** The kind of patch of a media type. Throws ApiError 415. */
export function patchKindOf(type: string): PatchKind {
  const kind = patchTypes[type];
  if (kind === undefined) throw unsupportedMediaType([...Object.keys(patchTypes), 'application/apply-patch+cbor']);
  return kind;
}

const appliers: Readonly<Record<PatchKind, (before: unknown, patch: unknown) => unknown>> = {
  json: applyJsonPatch,
  merge: mergePatch,
  'strategic-merge': strategicMergePatch,
  apply: strategicMergePatch,
};

/** Patches an object. A resource version in the result other than the stored one is a conflict. */
export function patchObject(
  core: Core,
  r: Resource,
  before: Kube,
  patch: unknown,
  kind: PatchKind,
  part: string,
  dryRun = false,
): Kube {
  const after = appliers[kind](before, patch) as Kube;
  const { name, resourceVersion, uid } = before.metadata;
  if (after.metadata?.resourceVersion !== resourceVersion || after.metadata.uid !== uid) throw conflict(r, name);
  if (after.metadata.name !== name)
    throw invalid({ kind: r.kind, group: r.group, name }, fieldIsImmutable('metadata.name', after.metadata.name));
  return put(core, r, before, after, part, dryRun);
}

function fieldIsImmutable(field: string, value: unknown) {
  const message = `Invalid value: ${JSON.stringify(value ?? '')}: field is immutable`;
  return { reason: 'FieldValueInvalid', message, field };
}

function put(core: Core, r: Resource, before: Kube, after: Kube, part: string, dryRun: boolean): Kube {
  checkObject(r, after);
  if (part === '') checkUpdate(r, before, after);
  const merged =
    part === 'status' ? withPart(before, after, 'status') : r.hasStatus ? keepStatus(before, after) : after;
  const { deletionTimestamp, deletionGracePeriodSeconds } = before.metadata;
  const metadata = { ...merged.metadata };
  delete metadata.deletionTimestamp;
  delete metadata.deletionGracePeriodSeconds;
  if (deletionTimestamp !== undefined) metadata.deletionTimestamp = deletionTimestamp;
  if (deletionGracePeriodSeconds !== undefined) metadata.deletionGracePeriodSeconds = deletionGracePeriodSeconds;
  if (dryRun) return { ...merged, metadata };
  const written = core.store.replace(r, before, { ...merged, metadata });
  const ended = deletionTimestamp !== undefined && !written.metadata.finalizers?.length;
  if (ended && (deletionGracePeriodSeconds ?? 0) === 0) core.store.remove(r, written);
  return written;
}

function withPart(before: Kube, after: Kube, part: 'status'): Kube {
  const metadata = { ...before.metadata };
  if (after.metadata.labels !== undefined) metadata.labels = after.metadata.labels;
  if (after.metadata.annotations !== undefined) metadata.annotations = after.metadata.annotations;
  return { ...before, metadata, ...(after[part] === undefined ? {} : { [part]: after[part] }) };
}

function keepStatus(before: Kube, after: Kube): Kube {
  const { status: _status, ...bare } = after;
  return before.status === undefined ? bare : { ...bare, status: before.status };
}
