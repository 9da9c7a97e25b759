import { parse as parseYaml } from 'yaml';
import type { Core } from './core.ts';
import { badRequest } from './errors.ts';
import type { Json, Kube } from './object.ts';
import type { Resource } from './resources.ts';
import { createObject, patchObject } from './write.ts';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * Server-side apply, without the record of who owns which field: what is applied wins, nothing that is left out goes.
 * Creates the object where there is none; `before` undefined. Throws ApiError 400.
 */
export function applyObject(
  core: Core,
  r: Resource,
  before: Kube | undefined,
  body: Buffer,
  target: { readonly namespace: string | undefined; readonly name: string; readonly part: string },
  query: URLSearchParams,
): Kube {
  if ((query.get('fieldManager') ?? '') === '') throw badRequest('fieldManager is required for apply patch');
  const given = parse(body);
  const dryRun = query.get('dryRun') === 'All';
  const metadata = { ...(given['metadata'] as Json | undefined), name: target.name };
  if (before === undefined) return createObject(core, r, { ...given, metadata }, target.namespace, dryRun);
  const { apiVersion: _version, kind: _kind, ...rest } = given;
  const patch = withLastApplied({ ...rest, metadata }, given, before, query.get('fieldManager') ?? '');
  return patchObject(core, r, before, patch, 'apply', target.part, dryRun);
}

function parse(body: Buffer): Json {
  try {
    const parsed: unknown = parseYaml(body.toString('utf8'));
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as Json;
  } catch {
    // Falls through to the answer below.
  }
  throw badRequest('error decoding YAML: not an object');
}

/** kubectl's two ways to apply must not undo each other: the server keeps the annotation of the older way up to date. */
function withLastApplied(patch: Json, given: Json, before: Kube, manager: string): Json {
  if (manager !== 'kubectl' || before.metadata.annotations?.[LAST_APPLIED] === undefined) return patch;
  const metadata = (patch['metadata'] ?? {}) as Json;
  const annotations = {
    ...(metadata['annotations'] as Json | undefined),
    [LAST_APPLIED]: `${JSON.stringify(sorted(given))}\n`,
  };
  return { ...patch, metadata: { ...metadata, annotations } };
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}
