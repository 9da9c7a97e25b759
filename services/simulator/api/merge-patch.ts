import type { Json } from './object.ts';

/** Lists that strategic merge joins by a key; every other list is replaced whole (node taints among them). */
const mergeKeys: Readonly<Record<string, string>> = {
  conditions: 'type',
  addresses: 'type',
  containers: 'name',
  initContainers: 'name',
  containerStatuses: 'name',
  volumes: 'name',
  volumeMounts: 'mountPath',
  env: 'name',
  ownerReferences: 'uid',
};

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** RFC 7386. Returns a new value. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const merged = new Map(Object.entries(isObject(target) ? target : {}));
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key);
    else merged.set(key, mergePatch(merged.get(key), value));
  }
  return Object.fromEntries(merged);
}

/** Kubernetes' strategic merge, with `$patch: replace|delete`, `$deleteFromPrimitiveList` and lists joined by key. */
export function strategicMergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  if (patch['$patch'] === 'replace') return withoutDirectives(patch);
  if (patch['$patch'] === 'delete') return {};
  const merged = new Map(Object.entries(isObject(target) ? target : {}));
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith('$')) applyDirective(merged, key, value);
    else if (value === null) merged.delete(key);
    else merged.set(key, mergeField(key, merged.get(key), value));
  }
  return Object.fromEntries(merged);
}

function applyDirective(merged: Map<string, unknown>, directive: string, value: unknown): void {
  const [name, field = ''] = directive.split('/');
  const list = merged.get(field);
  if (name !== '$deleteFromPrimitiveList' || !Array.isArray(list) || !Array.isArray(value)) return;
  merged.set(
    field,
    list.filter(item => !value.includes(item)),
  );
}

function mergeField(key: string, target: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch)) return strategicMergePatch(target, patch);
  if (key === 'finalizers') return [...new Set([...listOf(target), ...listOf(patch)])];
  const mergeKey = mergeKeys[key];
  return mergeKey === undefined ? patch : mergeList(listOf(target), listOf(patch), mergeKey);
}

function mergeList(target: readonly unknown[], patch: readonly unknown[], mergeKey: string): unknown[] {
  if (patch.some(item => isObject(item) && item['$patch'] === 'replace'))
    return patch.filter(item => isObject(item) && item['$patch'] !== 'replace');
  const merged = [...target];
  for (const item of patch) {
    if (!isObject(item)) continue;
    const index = merged.findIndex(other => isObject(other) && other[mergeKey] === item[mergeKey]);
    if (item['$patch'] === 'delete') {
      if (index >= 0) merged.splice(index, 1);
    } else if (index < 0) merged.push(item);
    else merged[index] = strategicMergePatch(merged[index], item);
  }
  return merged;
}

function withoutDirectives(patch: Json): Json {
  return Object.fromEntries(Object.entries(patch).filter(([key]) => !key.startsWith('$')));
}
