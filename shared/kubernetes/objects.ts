import { fail } from '../domain/failures/catalogue.ts';
import { parseResource } from '../domain/resource-name.ts';
import type { ObjectSelection } from '../domain/user-check.ts';
import { httpStatusOf } from './call.ts';
import type { Connection } from './connection.ts';
import { allPages, PAGE_SIZE } from './pages.ts';

/** The parts of discovery and lists that matter here. */
interface Group {
  readonly preferredVersion?: { readonly version?: string };
}
interface Resources {
  readonly resources?: readonly { readonly name: string; readonly namespaced: boolean }[];
}
interface List {
  readonly items?: unknown[];
  readonly metadata?: { readonly continue?: string; readonly resourceVersion?: string };
}

/** See ClusterApi.readObjects. An object of a namespace without one is looked for in `default`, as kubectl does. */
export async function readObjects(
  connection: Connection,
  objects: ObjectSelection,
  signal: AbortSignal,
): Promise<readonly unknown[]> {
  const { root, namespaced } = await placeOf(connection, objects.resource, signal);
  const plural = parseResource(objects.resource).plural;
  const namespace = objects.namespace || (objects.name === '' ? '' : 'default');
  const inside = namespaced && namespace !== '' ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  const path = `${root}${inside}/${plural}`;
  const doing = `read ${objects.resource} ${objects.name}`.trim();
  if (objects.name === '')
    return listAll(path, objects, query => get<List>(connection, `list ${plural}`, query, signal));
  const one = await unlessMissing(
    get<unknown>(connection, doing, `${path}/${encodeURIComponent(objects.name)}`, signal),
  );
  return one === null ? [] : [one];
}

async function listAll(path: string, objects: ObjectSelection, ask: (path: string) => Promise<List>) {
  const { items } = await allPages<unknown>(async token => {
    const query = new URLSearchParams({ limit: String(PAGE_SIZE) });
    if (objects.selector !== '') query.set('labelSelector', objects.selector);
    if (objects.fieldSelector !== '') query.set('fieldSelector', objects.fieldSelector);
    if (token !== undefined) query.set('continue', token);
    const { items: found = [], metadata } = await ask(`${path}?${query}`);
    return { items: found, metadata: { _continue: metadata?.continue ?? '' } };
  });
  return items;
}

/** Where a resource is served. Asked each time: an upgrade may bring another version. */
async function placeOf(connection: Connection, resource: string, signal: AbortSignal) {
  const { plural, group, version } = parseResource(resource);
  const asked = version ?? (group === '' ? 'v1' : await preferred(connection, group, signal));
  const root = group === '' ? `/api/${asked}` : `/apis/${group}/${asked}`;
  const known =
    asked === null ? null : await unlessMissing(get<Resources>(connection, `discover ${resource}`, root, signal));
  const found = known?.resources?.find(each => each.name === plural);
  if (found) return { root, namespaced: found.namespaced };
  throw fail('cluster-no-such-resource', { message: `the API server knows no ${resource}` });
}

/** null: no such group. */
async function preferred(connection: Connection, group: string, signal: AbortSignal): Promise<string | null> {
  const known = await unlessMissing(get<Group>(connection, `discover ${group}`, `/apis/${group}`, signal));
  return known?.preferredVersion?.version ?? null;
}

async function get<T>(connection: Connection, doing: string, path: string, signal: AbortSignal): Promise<T> {
  return JSON.parse(await connection.send({ doing, signal }, { method: 'GET', path })) as T;
}

async function unlessMissing<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (httpStatusOf(error) === 404) return null;
    throw error;
  }
}
