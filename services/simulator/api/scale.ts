import type { Core } from './core.ts';
import { applyJsonPatch } from './json-patch.ts';
import { mergePatch } from './merge-patch.ts';
import { at, type Json, type Kube, type PatchKind } from './object.ts';
import type { Resource } from './resources.ts';
import { patchObject } from './write.ts';

/** Kinds with `/scale`. */
export const SCALABLE: ReadonlySet<string> = new Set([
  'deployments',
  'replicasets',
  'statefulsets',
  'replicationcontrollers',
]);

/** A workload as a Scale. */
export function scaleObject(owner: Kube): Json {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = owner.metadata;
  const selector = (at(owner, 'spec', 'selector', 'matchLabels') ?? at(owner, 'spec', 'selector') ?? {}) as Json;
  const shown = Object.entries(selector).map(([key, value]) => `${key}=${String(value)}`);
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: at(owner, 'spec', 'replicas') ?? 1 },
    status: { replicas: at(owner, 'status', 'replicas') ?? 0, selector: shown.toSorted().join(',') },
  };
}

/** Scales a workload by a change of its Scale: a whole one, or a patch of it. Returns the workload. */
export function changeScale(
  core: Core,
  r: Resource,
  owner: Kube,
  change: unknown,
  kind: PatchKind | 'replace',
  dryRun: boolean,
): Kube {
  const before = scaleObject(owner);
  const after =
    kind === 'replace' ? change : kind === 'json' ? applyJsonPatch(before, change) : mergePatch(before, change);
  const replicas = at(after, 'spec', 'replicas') ?? 0;
  const version = at(after, 'metadata', 'resourceVersion');
  const metadata = version === undefined || version === '' ? {} : { metadata: { resourceVersion: version } };
  return patchObject(core, r, owner, { ...metadata, spec: { replicas } }, 'merge', '', dryRun);
}
