import { isDeepStrictEqual } from 'node:util';
import { ApiError, badRequest } from './errors.ts';
import type { Json } from './object.ts';

interface Operation {
  readonly op: string;
  readonly path: string;
  readonly from?: string;
  readonly value?: unknown;
}

/** Applies an RFC 6902 patch to a copy. Throws ApiError 422 when an operation (a failing `test` too) cannot be done. */
export function applyJsonPatch(document: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch)) {
    const kind = patch !== null && typeof patch === 'object' ? 'object' : typeof patch;
    throw badRequest(
      `error decoding patch: json: cannot unmarshal ${kind} into Go value of type []handlers.jsonPatchOp`,
    );
  }
  const root: Json = { '': structuredClone(document) };
  for (const operation of patch as Operation[]) if (!isAboutOwners(operation)) apply(root, operation);
  return root[''];
}

/** Who owns which field is not kept here, so there is nothing to change about it. */
function isAboutOwners({ path }: Operation): boolean {
  return typeof path === 'string' && path.startsWith('/metadata/managedFields');
}

function apply(root: Json, operation: Operation): void {
  const { op, path, from, value } = operation;
  if (typeof path !== 'string') throw impossible();
  if (op === 'add') add(root, path, structuredClone(value));
  else if (op === 'remove') take(root, path);
  else if (op === 'replace') put(root, path, structuredClone(value));
  else if (op === 'move') add(root, path, take(root, from ?? ''));
  else if (op === 'copy') add(root, path, structuredClone(read(root, from ?? '')));
  else if (op === 'test') test(root, path, value);
  else throw impossible();
}

/** The API server does not say which operation failed. */
function impossible(): ApiError {
  const message = 'the server rejected our request due to an error in our request';
  return new ApiError(422, 'Invalid', message, { details: {} });
}

function locate(root: Json, path: string): { parent: Json | unknown[]; key: string } {
  const keys = ['', ...path.split('/').slice(1)].map(key => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  if (path !== '' && !path.startsWith('/')) throw impossible();
  let parent: unknown = root;
  for (const key of keys.slice(0, -1)) {
    parent = Array.isArray(parent) ? parent[indexOf(parent, key)] : own(parent as Json, key);
    if (typeof parent !== 'object' || parent === null) throw impossible();
  }
  return { parent: parent as Json | unknown[], key: keys.at(-1) ?? '' };
}

function own(object: Json, key: string): unknown {
  if (!Object.hasOwn(object, key)) throw impossible();
  return object[key];
}

function indexOf(array: readonly unknown[], key: string): number {
  const index = /^(0|[1-9]\d*)$/.test(key) ? Number(key) : -1;
  if (index < 0 || index >= array.length) throw impossible();
  return index;
}

function read(root: Json, path: string): unknown {
  const { parent, key } = locate(root, path);
  return Array.isArray(parent) ? parent[indexOf(parent, key)] : own(parent, key);
}

function add(root: Json, path: string, value: unknown): void {
  const { parent, key } = locate(root, path);
  if (!Array.isArray(parent)) define(parent, key, value);
  else if (key === '-' || key === String(parent.length)) parent.push(value);
  else parent.splice(indexOf(parent, key), 0, value);
}

function put(root: Json, path: string, value: unknown): void {
  const { parent, key } = locate(root, path);
  if (Array.isArray(parent)) parent[indexOf(parent, key)] = value;
  else {
    own(parent, key);
    define(parent, key, value);
  }
}

function take(root: Json, path: string): unknown {
  const { parent, key } = locate(root, path);
  if (Array.isArray(parent)) return parent.splice(indexOf(parent, key), 1)[0];
  const value = own(parent, key);
  delete parent[key];
  return value;
}

/** A missing path equals null, as in the library the API server uses. */
function test(root: Json, path: string, value: unknown): void {
  const { parent, key } = locate(root, path);
  const is = Array.isArray(parent) ? parent[indexOf(parent, key)] : Object.hasOwn(parent, key) ? parent[key] : null;
  if (!isDeepStrictEqual(is ?? null, value ?? null)) throw impossible();
}

/** `__proto__` is a key like any other. */
function define(object: Json, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
}
