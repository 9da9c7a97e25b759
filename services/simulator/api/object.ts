/** Metadata of an API object, as far as the server itself looks at it. */
export interface KubeMeta {
  name: string;
  namespace?: string;
  generateName?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  ownerReferences?: OwnerReference[];
  finalizers?: string[];
}

/** Who owns an object. */
export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

/** Any JSON object. */
export type Json = { [key: string]: unknown };

/** An API object in JSON form. Objects in the store are never changed in place. */
export interface Kube {
  apiVersion?: string;
  kind?: string;
  metadata: KubeMeta;
  spec?: Json;
  status?: Json;
  [key: string]: unknown;
}

/** The ways to patch: by their content types `application/<kind>-patch+json`; `apply` is YAML. */
export type PatchKind = 'json' | 'merge' | 'strategic-merge' | 'apply';

let lastTime = { second: Number.NaN, text: '' };

/** Now or `ms` as the API writes times: whole seconds, UTC. */
export function kubeTime(ms: number): string {
  const second = Math.floor(ms / 1000);
  // Most calls ask for the same second, and formatting is what they cost.
  if (second !== lastTime.second) lastTime = { second, text: `${new Date(ms).toISOString().slice(0, 19)}Z` };
  return lastTime.text;
}

/** A field of an object by path; undefined where the way ends. */
export function at(value: unknown, ...path: string[]): unknown {
  let here = value;
  for (const key of path) {
    if (typeof here !== 'object' || here === null) return undefined;
    here = (here as Json)[key];
  }
  return here;
}

/** An array by path; empty where there is none. */
export function listAt<T = Json>(value: unknown, ...path: string[]): readonly T[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? (found as T[]) : [];
}

/** A string, number or boolean as text; JSON for all else, `fallback` for nothing. */
export function plainText(value: unknown, fallback = ''): string {
  if (value === undefined || value === null) return fallback;
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : JSON.stringify(value);
}

/** A string by path; '' where there is none. */
export function textAt(value: unknown, ...path: string[]): string {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : '';
}
